// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>STATMOUNT_*: what statmount(2) is asked for or has told.</summary>
[Flags]
[LinuxPrefix("STATMOUNT_")]
public enum StatMountMask : ulong
{
    [LinuxName("")] None = 0,
    [LinuxName("STATMOUNT_SB_BASIC")] SuperBlock = 0x1,
    [LinuxName("STATMOUNT_MNT_BASIC")] Mount = 0x2,
    [LinuxName("STATMOUNT_PROPAGATE_FROM")] PropagateFrom = 0x4,
    [LinuxName("STATMOUNT_MNT_ROOT")] Root = 0x8,
    [LinuxName("STATMOUNT_MNT_POINT")] Point = 0x10,
    [LinuxName("STATMOUNT_FS_TYPE")] TypeName = 0x20,
    [LinuxName("STATMOUNT_MNT_NS_ID")] NamespaceId = 0x40,
    [LinuxName("STATMOUNT_MNT_OPTS")] Options = 0x80,
    [LinuxName("STATMOUNT_FS_SUBTYPE")] Subtype = 0x100,
    [LinuxName("STATMOUNT_SB_SOURCE")] Source = 0x200,
    [LinuxName("STATMOUNT_OPT_ARRAY")] OptionArray = 0x400,
    [LinuxName("STATMOUNT_OPT_SEC_ARRAY")] SecurityOptions = 0x800,
    [LinuxName("STATMOUNT_SUPPORTED_MASK")] Supported = 0x1000,
    [LinuxName("STATMOUNT_MNT_UIDMAP")] UidMap = 0x2000,
    [LinuxName("STATMOUNT_MNT_GIDMAP")] GidMap = 0x4000,

    /// <summary>What has strings, and so needs room behind the structure.</summary>
    [LinuxName("")] Strings = Root | Point | TypeName | Options | Subtype | Source | OptionArray
        | SecurityOptions | UidMap | GidMap,

    /// <summary>Every one of them.</summary>
    [LinuxName("")] All = (1 << 15) - 1,
}
