// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>Kind of an advisory lock; the values of F_RDLCK, F_WRLCK and F_UNLCK.</summary>
public enum LockMode : short
{
    Shared = 0,
    Exclusive = 1,
    None = 2,
}
