// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>MOUNT_ATTR_* of fsmount(2), mount_setattr(2) and statmount(2).</summary>
[Flags]
[LinuxPrefix("MOUNT_ATTR_")]
public enum MountAttributes : ulong
{
    /// <summary>MOUNT_ATTR_RELATIME among the access times.</summary>
    [LinuxName("")] None = 0,
    [LinuxName("MOUNT_ATTR_RDONLY")] ReadOnly = 0x1,
    [LinuxName("MOUNT_ATTR_NOSUID")] NoSetUid = 0x2,
    [LinuxName("MOUNT_ATTR_NODEV")] NoDevices = 0x4,
    [LinuxName("MOUNT_ATTR_NOEXEC")] NoExecute = 0x8,
    [LinuxName("MOUNT_ATTR_NOATIME")] NoAccessTime = 0x10,
    [LinuxName("MOUNT_ATTR_STRICTATIME")] StrictAccessTime = 0x20,

    /// <summary>The field of the access times: one value, no bits.</summary>
    [LinuxName("MOUNT_ATTR__ATIME")] AccessTimes = 0x70,
    [LinuxName("MOUNT_ATTR_NODIRATIME")] NoDirectoryAccessTime = 0x80,
    [LinuxName("MOUNT_ATTR_IDMAP")] IdMap = 0x100000,
    [LinuxName("MOUNT_ATTR_NOSYMFOLLOW")] NoSymlinkFollow = 0x200000,

    /// <summary>What fsmount(2) takes; mount_setattr(2) takes MOUNT_ATTR_IDMAP too.</summary>
    [LinuxName("")] All = ReadOnly | NoSetUid | NoDevices | NoExecute | AccessTimes | NoDirectoryAccessTime
        | NoSymlinkFollow,
}
