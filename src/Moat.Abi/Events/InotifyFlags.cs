// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Flags of inotify_init1(2).</summary>
[Flags]
[LinuxPrefix("IN_")]
public enum InotifyFlags
{
    [LinuxName("")] None = 0,
    [LinuxName("IN_NONBLOCK")] NonBlock = 0x800,
    [LinuxName("IN_CLOEXEC")] CloseOnExec = 0x80000,
}
