// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>l_type of struct flock.</summary>
[LinuxPrefix("F_")]
public enum LockType : short
{
    [LinuxName("F_RDLCK")] Read = 0,
    [LinuxName("F_WRLCK")] Write = 1,
    [LinuxName("F_UNLCK")] Unlock = 2,
}
