// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Flags of fanotify_mark(2).</summary>
[Flags]
[LinuxPrefix("FAN_MARK_")]
public enum FanotifyMarkFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("FAN_MARK_ADD")] Add = 0x1,
    [LinuxName("FAN_MARK_REMOVE")] Remove = 0x2,
    [LinuxName("FAN_MARK_DONT_FOLLOW")] DontFollow = 0x4,
    [LinuxName("FAN_MARK_ONLYDIR")] OnlyDirectory = 0x8,
    [LinuxName("FAN_MARK_MOUNT")] Mount = 0x10,
    [LinuxName("FAN_MARK_IGNORED_MASK")] IgnoredMask = 0x20,
    [LinuxName("FAN_MARK_IGNORED_SURV_MODIFY")] SurvivesModify = 0x40,
    [LinuxName("FAN_MARK_FLUSH")] Flush = 0x80,
    [LinuxName("FAN_MARK_FILESYSTEM")] FileSystem = 0x100,
    [LinuxName("FAN_MARK_EVICTABLE")] Evictable = 0x200,
    [LinuxName("FAN_MARK_IGNORE")] Ignore = 0x400,
}
