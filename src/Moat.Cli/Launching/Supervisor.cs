// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Control.Messages;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Signals;
using Moat.Host.Sockets;

namespace Moat.Cli.Launching;

/// <summary>
/// Stays with a running sandbox: passes signals on, ends it in time, returns its exit status.
/// </summary>
internal sealed class Supervisor
{
    private const long IdleNs = 1_000_000_000;
    private const int TimedOut = 124;
    private const int Killed = 137;
    private const int Stop = 19;
    private const int TerminalStop = 20;
    private const int Continue = 18;

    private static readonly int[] s_forwarded =
        [1, 2, 3, 10, 12, 13, 14, 15, 16, Continue, TerminalStop, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30];

    private readonly RunningKernel _kernel;
    private readonly SignalPipe? _signals;
    private readonly long _deadline;
    private readonly OwnerBroker _broker;
    private long _idleAtNs = Clock.MonotonicNs() + IdleNs;
    private bool _timedOut;

    private Supervisor(RunningKernel kernel, SignalPipe? signals, TimeSpan? timeout)
    {
        _kernel = kernel;
        _signals = signals;
        _broker = new OwnerBroker(kernel.BrokerFd);
        _deadline = timeout is TimeSpan t ? Clock.MonotonicNs() + (long)(t.TotalSeconds * 1e9)
            : long.MaxValue;
    }

    /// <summary>Catches signals from now on; call before the launch so that none is lost.</summary>
    internal static SignalPipe? CatchSignals()
    {
        if (!SignalPipe.Create().TryGet(out SignalPipe? pipe, out _))
        {
            return null;
        }

        foreach (int signal in s_forwarded)
        {
            _ = pipe.Catch(signal);
        }

        return pipe;
    }

    /// <summary>Returns the exit status for the caller.</summary>
    internal static int Run(RunningKernel kernel, SignalPipe? signals, TimeSpan? timeout) =>
        new Supervisor(kernel, signals, timeout).Run();

    private int Run()
    {
        Span<PollEntry> entries =
        [
            new PollEntry { Fd = _kernel.ControlFd, Events = PollEntry.In },
            new PollEntry { Fd = _signals?.Fd ?? -1, Events = PollEntry.In },
            new PollEntry { Fd = _kernel.BrokerFd, Events = PollEntry.In },
        ];
        while (true)
        {
            Result<int> ready = HostPoll.Wait(entries, WaitNs());
            if (_idleAtNs != long.MaxValue && Clock.MonotonicNs() >= _idleAtNs)
            {
                _idleAtNs = long.MaxValue;
                OwnPages.Release();
            }

            if (ready.Error is not (Errno.Success or Errno.EINTR))
            {
                return ErrorText.Report(MoatError.Of(
                    $"waiting for the sandbox: {ErrorText.Of(ready.Error)}"));
            }

            if (!_timedOut && Clock.MonotonicNs() >= _deadline)
            {
                _timedOut = true;
                _ = PidFd.SendSignal(_kernel.PidFd, 9);
            }

            if (ready.Error != Errno.Success)
            {
                continue;
            }

            ForwardSignals();
            if (entries[2].Returned != 0 && !_broker.Serve())
            {
                entries[2].Fd = -1;
            }

            if (entries[0].Returned != 0 && Receive() is int status)
            {
                return status;
            }
        }
    }

    /// <summary>Until the timeout; at first, until it is time to give memory back; else for ever.</summary>
    private long WaitNs()
    {
        long until = _timedOut ? _idleAtNs : Math.Min(_deadline, _idleAtNs);
        return until == long.MaxValue ? -1 : Math.Max(0, until - Clock.MonotonicNs());
    }

    private void ForwardSignals()
    {
        while (_signals?.Take() is int signal and > 0)
        {
            Send(new ControlMessage(ControlKind.Signal, signal));
            if (signal == TerminalStop)
            {
                // The guest's processes stop by the signal; this one stops so that the caller's shell
                // notices.
                _ = HostProcess.Send(HostProcess.GetPid(), Stop);
            }
        }
    }

    private void Send(ControlMessage message)
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        _ = HostSocket.Send(_kernel.ControlFd, message.Encode(buffer));
    }

    /// <summary>One report; a status when the sandbox has ended.</summary>
    private int? Receive()
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        Result<int> received = HostSocket.Receive(_kernel.ControlFd, buffer, [], out _);
        if (!received.TryGet(out int length, out _) || length == 0)
        {
            return KernelEnded();
        }

        ControlMessage message = ControlMessage.Decode(buffer[..length]);
        switch (message.Kind)
        {
            case ControlKind.Exited:
                _kernel.Trace?.Mark("hear of the end");
                Reap();
                _kernel.Trace?.Mark("reap the kernel process");
                return ToExitStatus(message.Value);
            case ControlKind.Failed:
                Reap();
                int status = message.Value is >= 125 and <= 127 ? message.Value : MoatError.Failed;
                return ErrorText.Report(new MoatError(status, message.Text));
            case ControlKind.Note:
                ErrorText.WriteLine($"moat: {message.Text}");
                return null;
            case ControlKind.Trace:
                _kernel.Trace?.Merge("kernel", message.Text, _kernel.ClockBehindNs);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Waits for the end of the kernel process, and so of everything it started.</summary>
    private void Reap()
    {
        if (_kernel.PidFd >= 0)
        {
            _ = PidFd.Reap(_kernel.PidFd, true);
        }
    }

    private int KernelEnded()
    {
        if (_kernel.PidFd < 0)
        {
            return ErrorText.Report(new MoatError(Killed, "the container ended"));
        }

        Result<ChildStatus> status = PidFd.Reap(_kernel.PidFd, true);
        if (_timedOut)
        {
            ErrorText.WriteLine("moat: timed out; raise --timeout");
            return TimedOut;
        }

        if (status.TryGet(out ChildStatus how, out _) && !how.Exited)
        {
            ErrorText.WriteLine($"moat: the kernel process was killed by signal {how.Status}");
            return how.Status == 9 ? Killed : MoatError.Failed;
        }

        return ErrorText.Report(MoatError.Of(
            $"the kernel process ended unexpectedly with status {how.Status}; please report this as a bug"));
    }

    private static int ToExitStatus(int waitStatus) =>
        (waitStatus & 0x7f) == 0 ? (waitStatus >> 8) & 0xff : 128 + (waitStatus & 0x7f);
}
