// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.Stdio;

/// <summary>
/// One thread that hears of readiness of host descriptors and passes it on to guest wait queues.
/// </summary>
/// <remarks>
/// Locks: a leaf lock guards the table of queues. The thread starts with the first registration and sleeps in
/// the host. Notifications are edges: waiters look again themselves.
/// </remarks>
public sealed class HostPoller
{
    private const uint EdgeTriggered = 1u << 31;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<int, WaitQueue> _queues = [];
    private int _epoll = -1;

    /// <summary>Starts to pass events of a descriptor on.</summary>
    /// <returns>EPERM for descriptors that are always ready (regular files).</returns>
    public Errno Register(int fd, WaitQueue queue)
    {
        using (_lock.Enter())
        {
            if (_epoll < 0)
            {
                if (!HostEpoll.Create().TryGet(out _epoll, out Errno failed))
                {
                    _epoll = -1;
                    return failed;
                }

                new Thread(Run, 128 * 1024) { IsBackground = true, Name = "host-poller" }.Start();
            }

            _queues[fd] = queue;
            const PollEvents Watched = PollEvents.In | PollEvents.Out | PollEvents.Priority
                | PollEvents.ReadHangUp;
            Errno error = HostEpoll.Add(_epoll, fd, (uint)Watched | EdgeTriggered, (ulong)fd);
            if (error != Errno.Success)
            {
                _queues.Remove(fd);
            }

            return error;
        }
    }

    /// <summary>Passes no more events on; call it before the descriptor is closed.</summary>
    public void Unregister(int fd)
    {
        using (_lock.Enter())
        {
            if (_queues.Remove(fd))
            {
                _ = HostEpoll.Remove(_epoll, fd);
            }
        }
    }

    private void Run()
    {
        Span<EpollEntry> events = stackalloc EpollEntry[16];
        while (true)
        {
            if (!HostEpoll.Wait(_epoll, events, -1).TryGet(out int count, out Errno error))
            {
                if (error == Errno.EINTR)
                {
                    continue;
                }

                return;
            }

            for (int i = 0; i < count; i++)
            {
                WaitQueue? queue;
                using (_lock.Enter())
                {
                    _queues.TryGetValue((int)events[i].Data, out queue);
                }

                var happened = (PollEvents)(events[i].Events & (uint)PollEvents.All);
                happened |= (happened & PollEvents.In) != 0 ? PollEvents.ReadNormal : 0;
                happened |= (happened & PollEvents.Out) != 0 ? PollEvents.WriteNormal : 0;
                queue?.Wake(happened);
            }
        }
    }
}
