// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>eventfd(2): wakes a thread that sleeps in poll or epoll.</summary>
public sealed class EventFd : IDisposable
{
    private const int CloseOnExecNonBlock = 0x80800;

    private EventFd(int fd) => Fd = fd;

    /// <summary>The descriptor, to poll on.</summary>
    public int Fd { get; }

    /// <summary>Creates one that does not block.</summary>
    [HostCall("eventfd2", Why = "waking the thread that polls host descriptors")]
    public static Result<EventFd> Create()
    {
        SysResult result = HostCall.Invoke(SyscallNumber.eventfd2, 0, CloseOnExecNonBlock);
        return result.IsError ? result.Error : new EventFd((int)result.Raw);
    }

    /// <summary>Makes it readable.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = HostFile.Write(Fd, MemoryMarshal.AsBytes(new Span<ulong>(ref one)));
    }

    /// <summary>Makes it unreadable again.</summary>
    public void Clear()
    {
        ulong count = 0;
        _ = HostFile.Read(Fd, MemoryMarshal.AsBytes(new Span<ulong>(ref count)));
    }

    /// <summary>Closes.</summary>
    public void Dispose() => HostFile.Close(Fd);
}
