// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Control.Messages;
using Moat.Host.Files;
using Moat.Host.Sockets;
using Moat.Sandbox.Boot;

namespace Moat.Sandbox.Control;

/// <summary>The kernel process's main thread: takes orders from the launcher and later connections.</summary>
/// <remarks>Locks: _lock guards the exit status alone.</remarks>
internal sealed class ControlLoop
{
    private const int MaximumConnections = 64;

    private readonly GuestKernel _kernel;
    private readonly ControlReporter _launcher;
    private readonly EventFd _ended;
    private readonly List<PollEntry> _entries = new();
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private int? _status;

    internal ControlLoop(GuestKernel kernel, ControlReporter launcher, int listener)
    {
        _kernel = kernel;
        _launcher = launcher;
        _ended = EventFd.Create().Value;
        kernel.InitExited = OnInitExited;
        _entries.Add(new PollEntry { Fd = _ended.Fd, Events = PollEntry.In });
        _entries.Add(new PollEntry { Fd = listener, Events = PollEntry.In });
        _entries.Add(new PollEntry { Fd = launcher.Fd, Events = PollEntry.In });
    }

    /// <summary>Serves until the first process has ended; reports how.</summary>
    internal int Run()
    {
        while (true)
        {
            Span<PollEntry> entries = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries);
            if (!HostPoll.Wait(entries).TryGet(out _, out Errno error) && error != Errno.EINTR)
            {
                return 125;
            }

            if (TakeStatus() is int status)
            {
                _launcher.Send(new ControlMessage(ControlKind.Exited, status));
                return 0;
            }

            if (error == Errno.Success)
            {
                Serve();
            }
        }
    }

    private void OnInitExited(int status)
    {
        using (_lock.Enter())
        {
            _status ??= status;
        }

        _ended.Signal();
    }

    private int? TakeStatus()
    {
        using (_lock.Enter())
        {
            return _status;
        }
    }

    private void Serve()
    {
        if (_entries[1].Returned != 0 && _entries.Count < MaximumConnections)
        {
            if (HostSocket.Accept(_entries[1].Fd).TryGet(out int connection, out _))
            {
                _entries.Add(new PollEntry { Fd = connection, Events = PollEntry.In });
            }
        }

        for (int i = _entries.Count - 1; i >= 2; i--)
        {
            if (_entries[i].Returned != 0 && !ServeOne(_entries[i].Fd))
            {
                HostFile.Close(_entries[i].Fd);
                _entries.RemoveAt(i);
            }
        }
    }

    /// <summary>One packet; false when the other side is gone.</summary>
    private bool ServeOne(int socket)
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        Span<int> descriptors = stackalloc int[4];
        Result<int> received = HostSocket.Receive(socket, buffer, descriptors, out int count);
        if (!received.TryGet(out int length, out _) || length == 0)
        {
            return false;
        }

        ControlMessage message = ControlMessage.Decode(buffer[..length]);
        switch (message.Kind)
        {
            case ControlKind.Signal:
                _kernel.SignalInit(message.Value);
                break;
            case ControlKind.SignalAll:
                _kernel.SignalAll(message.Value);
                break;
            case ControlKind.Kill:
                _kernel.SignalAll(9);
                break;
            default:
                break;
        }

        foreach (int fd in descriptors[..count])
        {
            HostFile.Close(fd);
        }

        return true;
    }
}
