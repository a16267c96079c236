// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Flags of timerfd_create(2) and timerfd_settime(2).</summary>
[Flags]
public enum TimerFileFlags
{
    [LinuxName("TFD_TIMER_ABSTIME")] Absolute = 1,
    [LinuxName("TFD_TIMER_CANCEL_ON_SET")] CancelOnSet = 2,
    [LinuxName("TFD_NONBLOCK")] NonBlock = 0x800,
    [LinuxName("TFD_CLOEXEC")] CloseOnExec = 0x80000,
}
