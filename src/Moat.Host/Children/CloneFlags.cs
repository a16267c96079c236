// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Children;

/// <summary>CLONE_* of clone3(2) that a child may be given.</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    NewTime = 0x80,
    Vm = 0x100,
    PidFd = 0x1000,
    Vfork = 0x4000,
    Parent = 0x8000,
    NewMount = 0x20000,
    ClearChildTid = 0x200000,
    NewCgroup = 0x2000000,
    NewUts = 0x4000000,
    NewIpc = 0x8000000,
    NewUser = 0x10000000,
    NewPid = 0x20000000,
    NewNet = 0x40000000,
    ClearSignalHandlers = 0x100000000,
    IntoCgroup = 0x200000000,
}
