// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>Flags of move_mount(2).</summary>
[Flags]
[LinuxPrefix("MOVE_MOUNT_")]
public enum MoveMountFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("MOVE_MOUNT_F_SYMLINKS")] FromSymlinks = 0x1,
    [LinuxName("MOVE_MOUNT_F_AUTOMOUNTS")] FromAutomounts = 0x2,
    [LinuxName("MOVE_MOUNT_F_EMPTY_PATH")] FromEmptyPath = 0x4,
    [LinuxName("MOVE_MOUNT_T_SYMLINKS")] ToSymlinks = 0x10,
    [LinuxName("MOVE_MOUNT_T_AUTOMOUNTS")] ToAutomounts = 0x20,
    [LinuxName("MOVE_MOUNT_T_EMPTY_PATH")] ToEmptyPath = 0x40,
    [LinuxName("MOVE_MOUNT_SET_GROUP")] SetGroup = 0x100,
    Beneath = 0x200,

    /// <summary>Every one of them.</summary>
    [LinuxName("")] All = FromSymlinks | FromAutomounts | FromEmptyPath | ToSymlinks | ToAutomounts
        | ToEmptyPath | SetGroup | Beneath,
}
