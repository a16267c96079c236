// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Sched;

/// <summary>CLONE_ flags of clone(2), clone3(2), unshare(2) and setns(2).</summary>
[Flags]
[LinuxPrefix("CLONE_")]
public enum CloneFlags : ulong
{
    [LinuxName("")] None = 0,

    /// <summary>The signal sent at exit, in clone(2)'s low byte.</summary>
    [LinuxName("")] ExitSignalMask = 0xff,

    /// <summary>CLONE_NEWTIME: of unshare and clone3 only, within clone's signal byte.</summary>
    NewTime = 0x80,
    [LinuxName("CLONE_VM")] Memory = 0x100,
    [LinuxName("CLONE_FS")] FileSystem = 0x200,
    Files = 0x400,
    [LinuxName("CLONE_SIGHAND")] SignalHandlers = 0x800,
    PidFd = 0x1000,
    [LinuxName("CLONE_PTRACE")] Trace = 0x2000,
    VFork = 0x4000,
    Parent = 0x8000,
    Thread = 0x10000,
    [LinuxName("CLONE_NEWNS")] NewMount = 0x20000,
    [LinuxName("CLONE_SYSVSEM")] SysVSemaphores = 0x40000,
    [LinuxName("CLONE_SETTLS")] SetThreadPointer = 0x80000,
    [LinuxName("CLONE_PARENT_SETTID")] ParentSetTid = 0x100000,
    [LinuxName("CLONE_CHILD_CLEARTID")] ChildClearTid = 0x200000,
    Detached = 0x400000,
    Untraced = 0x800000,
    [LinuxName("CLONE_CHILD_SETTID")] ChildSetTid = 0x1000000,
    NewCgroup = 0x2000000,
    NewUts = 0x4000000,
    NewIpc = 0x8000000,
    NewUser = 0x10000000,
    NewPid = 0x20000000,
    NewNet = 0x40000000,
    IO = 0x80000000,
    [LinuxName("CLONE_CLEAR_SIGHAND")] ClearSignalHandlers = 0x100000000,
    [LinuxName("CLONE_INTO_CGROUP")] IntoCgroup = 0x200000000,
}
