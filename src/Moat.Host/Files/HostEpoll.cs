// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>epoll(7) on host descriptors.</summary>
public static unsafe class HostEpoll
{
    private const ulong CloseOnExec = 0x80000;

    /// <summary>Creates an epoll descriptor.</summary>
    [HostCall("epoll_create1", Why = "one thread watches all host descriptors")]
    public static Result<int> Create() => HostCall.Invoke(SyscallNumber.epoll_create1, CloseOnExec).AsInt();

    /// <summary>Watches a descriptor; the data comes back in events.</summary>
    public static Errno Add(int epoll, int fd, uint events, ulong data) =>
        Control(epoll, 1, fd, events, data);

    /// <summary>Changes what is watched.</summary>
    public static Errno Modify(int epoll, int fd, uint events, ulong data) =>
        Control(epoll, 3, fd, events, data);

    /// <summary>Watches no longer.</summary>
    public static Errno Remove(int epoll, int fd) => Control(epoll, 2, fd, 0, 0);

    /// <summary>Waits for events; timeout in milliseconds, -1 for none.</summary>
    [HostCall("epoll_pwait", Why = "one thread watches all host descriptors")]
    public static Result<int> Wait(int epoll, Span<EpollEntry> events, int timeoutMs)
    {
        fixed (EpollEntry* p = events)
        {
            return HostCall.Invoke(
                SyscallNumber.epoll_pwait, (ulong)epoll, (ulong)p, (ulong)events.Length,
                    (ulong)(long)timeoutMs, 0, 8)
                .AsInt();
        }
    }

    [HostCall("epoll_ctl", Why = "one thread watches all host descriptors")]
    private static Errno Control(int epoll, int operation, int fd, uint events, ulong data)
    {
        EpollEntry entry = new() { Events = events, Data = data };
        return HostCall.Invoke(
            SyscallNumber.epoll_ctl, (ulong)epoll, (ulong)operation, (ulong)fd, (ulong)&entry).Error;
    }
}
