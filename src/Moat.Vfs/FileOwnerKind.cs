// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>F_OWNER_*.</summary>
public enum FileOwnerKind
{
    Thread,
    Process,
    Group,
}
