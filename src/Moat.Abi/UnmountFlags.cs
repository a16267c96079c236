// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>Flags of umount2(2).</summary>
[Flags]
public enum UnmountFlags
{
    [LinuxName("MNT_FORCE")] Force = 1,
    [LinuxName("MNT_DETACH")] Detach = 2,
    [LinuxName("MNT_EXPIRE")] Expire = 4,
    [LinuxName("UMOUNT_NOFOLLOW")] NoFollow = 8,
}
