// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Flags beside the events in an epoll_event.</summary>
[Flags]
[LinuxPrefix("EPOLL")]
public enum EpollFlags : uint
{
    [LinuxName("EPOLLEXCLUSIVE")] Exclusive = 1u << 28,
    [LinuxName("EPOLLWAKEUP")] WakeUp = 1u << 29,
    [LinuxName("EPOLLONESHOT")] OneShot = 1u << 30,
    [LinuxName("EPOLLET")] EdgeTriggered = 1u << 31,
}
