// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tracing;
using Moat.Platform;
using Moat.Vfs.Notify;

namespace Moat.Kernel.Tasks;

/// <summary>
/// The life of a task thread: guest code, system call, signals, guest code, until the task ends.
/// </summary>
internal static class TaskLoop
{
    private const int KilledStatus = (int)Signal.SIGKILL;

    /// <summary>Runs a task to its end.</summary>
    internal static void Run(Task task)
    {
        task.CpuClock.Start();
        NotifyActor.Current = task;
        try
        {
            if (TaskStart.Begin(task))
            {
                Loop(task);
                _ = TraceStops.OnEvent(task, PtraceEvent.Exit, (ulong)(task.ExitStatus ?? 0));
            }
        }
        catch (Exception failure)
        {
            // A bug of ours: this guest process dies of it, nobody else.
            task.Kernel.TaskFailed?.Invoke(task, failure);
            TaskExit.BeginGroupExit(task.Group, KilledStatus);
        }

        try
        {
            TaskExit.Finish(task);
        }
        catch (Exception failure)
        {
            task.Kernel.TaskFailed?.Invoke(task, failure);
        }
    }

    private static void Loop(Task task)
    {
        while (task.ExitStatus is null)
        {
            bool steps = task.Trace is { Steps: true } && TraceSteps.Begin(task);
            bool resumed = task.TryResume(out GuestEvent stop);
            if (steps)
            {
                TraceSteps.End(task);
            }

            if (!resumed)
            {
                SignalDelivery.Deliver(task);
                continue;
            }

            switch (stop.Kind)
            {
                case GuestEventKind.Syscall:
                    if (task.Stub.HotSite != 0 && task.Trace is null)
                    {
                        CallSitePatcher.Patch(task.AddressSpace, task.Stub, task.Call.Number);
                    }

                    Serve(task);
                    break;
                case GuestEventKind.ForeignSyscall:
                    WatchedCalls.ServeForeign(task);
                    break;
                case GuestEventKind.Fault:
                    Fault(task, stop);
                    break;
                case GuestEventKind.Interrupt:
                    break;
                default:
                    TaskExit.BeginGroupExit(task.Group, KilledStatus);
                    task.ExitStatus = KilledStatus;
                    return;
            }
        }
    }

    private static void Serve(Task task)
    {
        if (task.IsWatched)
        {
            WatchedCalls.Serve(task);
            return;
        }

        uint number = task.Call.Number;
        task.CurrentCall = number;
        Conclude(task, task.Kernel.Syscalls.Invoke(task, number));
    }

    /// <summary>A call is over: sets its result, or starts it again.</summary>
    internal static void Conclude(Task task, SysResult result)
    {
        bool restarts = false;
        if (task.KeepRegisters)
        {
            task.KeepRegisters = false;
        }
        else if (result.IsError && result.Error >= Errno.ERESTARTSYS
            && result.Error <= Errno.ERESTART_RESTARTBLOCK)
        {
            task.PendingRestart = result.Error;
            restarts = true;
            task.SetResult((ulong)result.Raw);
        }
        else
        {
            task.SetResult((ulong)result.Raw);
        }

        if (task.IsWatched)
        {
            WatchedCalls.OnEnd(task);
        }

        // Even when the signal is gone by now, the call has to be started again.
        if ((restarts || task.RestoreMask is not null) && task.ExitStatus is null)
        {
            SignalDelivery.Deliver(task);
        }

        task.CurrentCall = -1;
    }

    private static void Fault(Task task, in GuestEvent stop)
    {
        if (stop.Signal == (int)Signal.SIGSEGV && task.AddressSpace.TryGrowDown(task.Orders, stop.Address))
        {
            return;
        }

        var info = new SigInfo { Number = stop.Signal, Code = stop.Code, Address = stop.Address };
        SignalSender.ForceFault(task, info);
    }
}
