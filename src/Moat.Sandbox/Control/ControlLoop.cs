// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Control.Boot;
using Moat.Control.Messages;
using Moat.Host.Files;
using Moat.Host.Sockets;
using Moat.Sandbox.Boot;

namespace Moat.Sandbox.Control;

/// <summary>The kernel process's main thread: takes orders from the launcher and later connections.</summary>
/// <remarks>Locks: _lock (a leaf) guards the queue of ends, which task threads add to.</remarks>
internal sealed class ControlLoop
{
    private const int MaximumConnections = 64;
    private const int KillSignal = 9;
    private const int LauncherGone = 137;
    private const int InitOwner = -1;
    private const int FirstConnection = 2;

    private readonly GuestKernel _kernel;
    private readonly ControlReporter _launcher;
    private readonly EventFd _ended;
    private readonly List<PollEntry> _entries = new();
    private readonly Dictionary<int, int> _executed = new();
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly List<(int Owner, int Status)> _ends = new();
    private readonly bool _diesWithLauncher;
    private readonly StartTrace? _trace;
    private bool _started;

    internal ControlLoop(GuestKernel kernel, ControlReporter launcher, BootRequest request, StartTrace trace)
    {
        _trace = request.TraceStart ? trace : null;
        _kernel = kernel;
        _launcher = launcher;
        _diesWithLauncher = request.DieWithLauncher;
        _ended = EventFd.Create().Value;
        _entries.Add(new PollEntry { Fd = _ended.Fd, Events = PollEntry.In });
        _entries.Add(new PollEntry { Fd = request.ListenFd, Events = PollEntry.In });
        _entries.Add(new PollEntry { Fd = launcher.Fd, Events = PollEntry.In });
    }

    /// <summary>Starts the first guest process.</summary>
    internal void StartInit()
    {
        _started = true;
        _kernel.StartInit(status => Ended(InitOwner, status));
    }

    /// <summary>Serves until the first process has ended; reports how.</summary>
    internal int Run()
    {
        while (true)
        {
            Span<PollEntry> entries = CollectionsMarshal.AsSpan(_entries);
            if (!HostPoll.Wait(entries).TryGet(out _, out Errno error) && error != Errno.EINTR)
            {
                return 125;
            }

            if (ReportEnds() is int status)
            {
                _kernel.PrintStatistics();
                if (_trace is not null)
                {
                    _trace.Mark("report its end");
                    _launcher.Send(new ControlMessage(ControlKind.Trace, 0, _trace.Encode()));
                }

                if (Export())
                {
                    _launcher.Send(new ControlMessage(ControlKind.Exited, status));
                }

                return 0;
            }

            if (error == Errno.Success && !Serve())
            {
                return LauncherGone;
            }
        }
    }

    /// <summary>False when it failed, which the launcher has been told then.</summary>
    private bool Export()
    {
        Result<long> leftOut = _kernel.Export();
        if (!leftOut.IsOk)
        {
            _launcher.Failed(125, $"export: {ErrnoMessages.Get(leftOut.Error)}");
        }
        else if (leftOut.Value > 0)
        {
            _launcher.Send(new ControlMessage(ControlKind.Note, 0,
                $"export: {leftOut.Value} entries were left out: their names begin with .wh. or make a path "
                + "of more than 4079 bytes, or they could not be read"));
        }

        return leftOut.IsOk;
    }

    private void Ended(int owner, int status)
    {
        using (_lock.Enter())
        {
            _ends.Add((owner, status));
        }

        _ended.Signal();
    }

    /// <summary>
    /// Tells connections of their processes' ends; returns the first process's status when that has ended.
    /// </summary>
    private int? ReportEnds()
    {
        _ended.Clear();
        (int Owner, int Status)[] ends;
        using (_lock.Enter())
        {
            ends = _ends.ToArray();
            _ends.Clear();
        }

        int? initStatus = null;
        foreach ((int owner, int status) in ends)
        {
            if (owner == InitOwner)
            {
                initStatus = status;
            }
            else if (_executed.Remove(owner))
            {
                new ControlReporter(owner).Send(new ControlMessage(ControlKind.Exited, status));
            }
        }

        return initStatus;
    }

    /// <summary>
    /// Takes one packet of each that has sent; false when the sandbox must end with its launcher.
    /// </summary>
    private bool Serve()
    {
        for (int i = _entries.Count - 1; i >= FirstConnection; i--)
        {
            if (_entries[i].Returned != 0 && !ServeOne(_entries[i].Fd))
            {
                if (_entries[i].Fd == _launcher.Fd && _diesWithLauncher)
                {
                    return false;
                }

                // Its process goes on; a number that is used anew must not get its end.
                _executed.Remove(_entries[i].Fd);
                HostFile.Close(_entries[i].Fd);
                _entries.RemoveAt(i);
            }
        }

        if (_entries[1].Returned != 0 && _entries.Count < MaximumConnections
            && HostSocket.Accept(_entries[1].Fd).TryGet(out int connection, out _))
        {
            _entries.Add(new PollEntry { Fd = connection, Events = PollEntry.In });
        }

        return true;
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
        if (message.Kind == ControlKind.Exec && count == 4)
        {
            Execute(socket, descriptors);
            return true;
        }

        foreach (int fd in descriptors[..count])
        {
            HostFile.Close(fd);
        }

        Obey(socket, message);
        return true;
    }

    private void Obey(int socket, ControlMessage message)
    {
        switch (message.Kind)
        {
            case ControlKind.Signal when _executed.TryGetValue(socket, out int pid):
                _kernel.Signal(pid, message.Value);
                break;
            case ControlKind.Signal when _started:
                _kernel.SignalInit(message.Value);
                break;
            case ControlKind.SignalAll when _started:
                _kernel.SignalAll(message.Value);
                break;
            case ControlKind.Signal or ControlKind.SignalAll or ControlKind.Kill:
                // A process that was never started cannot be signalled: the container ends.
                if (_started)
                {
                    _kernel.SignalAll(KillSignal);
                }
                else if (message.Kind == ControlKind.Kill || message.Value == KillSignal)
                {
                    Ended(InitOwner, KillSignal);
                }

                break;
            case ControlKind.Start:
                Start(socket);
                break;
            case ControlKind.Query:
                new ControlReporter(socket).Send(new ControlMessage(ControlKind.Ready, _started ? 1 : 0));
                break;
            default:
                break;
        }
    }

    private void Start(int socket)
    {
        var reports = new ControlReporter(socket);
        if (_started)
        {
            reports.Failed(125, "the container runs already");
            return;
        }

        try
        {
            StartInit();
            reports.Send(new ControlMessage(ControlKind.Ready, 1));
        }
        catch (BootException failure)
        {
            reports.Failed(failure.Status, failure.Message);
            Ended(InitOwner, failure.Status << 8);
        }
        catch (Exception e)
        {
            reports.Failed(125, $"start: bug: {e.Message}");
            Ended(InitOwner, 125 << 8);
        }
    }

    private void Execute(int socket, ReadOnlySpan<int> descriptors)
    {
        var reports = new ControlReporter(socket);
        try
        {
            if (!_started || _executed.ContainsKey(socket))
            {
                throw new BootException(125, "exec: the container is not running");
            }

            ProcessRequest request = BootFormat.ReadProcess(MemfdReader.ReadAndClose(descriptors[0])) with
            {
                StdinFd = descriptors[1], StdoutFd = descriptors[2], StderrFd = descriptors[3],
            };
            int pid = _kernel.StartProcess(request, status => Ended(socket, status));
            _executed[socket] = pid;
            reports.Send(new ControlMessage(ControlKind.Started, pid));
        }
        catch (BootException failure)
        {
            reports.Failed(failure.Status, failure.Message);
        }
        catch (System.IO.IOException e)
        {
            reports.Failed(125, $"exec: the request is damaged: {e.Message}");
        }
        catch (Exception e)
        {
            // A bug of ours that the guest's files have led to ends this exec, not the sandbox.
            reports.Failed(125, $"exec: bug: {e.Message}");
        }
    }
}
