// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Events of inotify(7), and the flags that go with them in a watch's mask.</summary>
[Flags]
[LinuxPrefix("IN_")]
public enum InotifyMask : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("IN_ACCESS")] Access = 0x1,
    [LinuxName("IN_MODIFY")] Modify = 0x2,
    [LinuxName("IN_ATTRIB")] Attributes = 0x4,
    [LinuxName("IN_CLOSE_WRITE")] CloseWrite = 0x8,
    [LinuxName("IN_CLOSE_NOWRITE")] CloseNoWrite = 0x10,
    [LinuxName("IN_OPEN")] Open = 0x20,
    [LinuxName("IN_MOVED_FROM")] MovedFrom = 0x40,
    [LinuxName("IN_MOVED_TO")] MovedTo = 0x80,
    [LinuxName("IN_CREATE")] Create = 0x100,
    [LinuxName("IN_DELETE")] Delete = 0x200,
    [LinuxName("IN_DELETE_SELF")] DeleteSelf = 0x400,
    [LinuxName("IN_MOVE_SELF")] MoveSelf = 0x800,
    [LinuxName("IN_UNMOUNT")] Unmount = 0x2000,
    [LinuxName("IN_Q_OVERFLOW")] QueueOverflow = 0x4000,
    [LinuxName("IN_IGNORED")] Ignored = 0x8000,
    [LinuxName("IN_ONLYDIR")] OnlyDirectory = 0x1000000,
    [LinuxName("IN_DONT_FOLLOW")] DontFollow = 0x2000000,
    [LinuxName("IN_EXCL_UNLINK")] ExcludeUnlinked = 0x4000000,
    [LinuxName("IN_MASK_CREATE")] MaskCreate = 0x10000000,
    [LinuxName("IN_MASK_ADD")] MaskAdd = 0x20000000,
    [LinuxName("IN_ISDIR")] IsDirectory = 0x40000000,
    [LinuxName("IN_ONESHOT")] OneShot = 0x80000000,
    [LinuxName("IN_ALL_EVENTS")] AllEvents = 0xfff,

    /// <summary>Everything that inotify_add_watch(2) lets pass.</summary>
    [LinuxName("")] Known = 0xf700efff,
}
