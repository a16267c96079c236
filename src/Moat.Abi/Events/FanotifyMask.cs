// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Events of fanotify(7), and the flags that go with them in a mark's mask.</summary>
/// <remarks>Those that inotify(7) has too have the same bits.</remarks>
[Flags]
[LinuxPrefix("FAN_")]
public enum FanotifyMask : ulong
{
    [LinuxName("")] None = 0,
    [LinuxName("FAN_ACCESS")] Access = 0x1,
    [LinuxName("FAN_MODIFY")] Modify = 0x2,
    [LinuxName("FAN_ATTRIB")] Attributes = 0x4,
    [LinuxName("FAN_CLOSE_WRITE")] CloseWrite = 0x8,
    [LinuxName("FAN_CLOSE_NOWRITE")] CloseNoWrite = 0x10,
    [LinuxName("FAN_OPEN")] Open = 0x20,
    [LinuxName("FAN_MOVED_FROM")] MovedFrom = 0x40,
    [LinuxName("FAN_MOVED_TO")] MovedTo = 0x80,
    [LinuxName("FAN_CREATE")] Create = 0x100,
    [LinuxName("FAN_DELETE")] Delete = 0x200,
    [LinuxName("FAN_DELETE_SELF")] DeleteSelf = 0x400,
    [LinuxName("FAN_MOVE_SELF")] MoveSelf = 0x800,
    [LinuxName("FAN_OPEN_EXEC")] OpenExecute = 0x1000,
    [LinuxName("FAN_Q_OVERFLOW")] QueueOverflow = 0x4000,
    [LinuxName("FAN_FS_ERROR")] FileSystemError = 0x8000,
    [LinuxName("FAN_OPEN_PERM")] OpenPermission = 0x10000,
    [LinuxName("FAN_ACCESS_PERM")] AccessPermission = 0x20000,
    [LinuxName("FAN_OPEN_EXEC_PERM")] OpenExecutePermission = 0x40000,

    /// <summary>FAN_PRE_ACCESS (Linux 6.14).</summary>
    [LinuxName("")] PreAccess = 0x100000,
    [LinuxName("FAN_EVENT_ON_CHILD")] OnChild = 0x8000000,
    [LinuxName("FAN_RENAME")] Rename = 0x10000000,
    [LinuxName("FAN_ONDIR")] OnDirectory = 0x40000000,

    /// <summary>What happens to the content of a file, by a path.</summary>
    [LinuxName("")] PathEvents = Access | Modify | CloseWrite | CloseNoWrite | Open | OpenExecute,

    /// <summary>What happens to the names in a directory.</summary>
    [LinuxName("")] NameEvents = MovedFrom | MovedTo | Create | Delete | Rename,

    /// <summary>What only groups with file handles hear of.</summary>
    [LinuxName("")] InodeEvents = NameEvents | Attributes | DeleteSelf | MoveSelf,

    /// <summary>What the group is asked, and answers.</summary>
    [LinuxName("")] Permissions = OpenPermission | AccessPermission | OpenExecutePermission,

    /// <summary>All that a mark may be for.</summary>
    [LinuxName("")] Events = PathEvents | InodeEvents | Permissions | FileSystemError,
}
