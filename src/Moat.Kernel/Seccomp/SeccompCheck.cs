// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;

namespace Moat.Kernel.Seccomp;

/// <summary>What a task's filters say of a call, and what follows (kernel/seccomp.c).</summary>
internal static class SeccompCheck
{
    private const int Sigsys = (int)Signal.SIGSYS;
    private const int CodeSeccomp = 1;
    private const uint MostErrno = 4095;

    /// <summary>Judges the present call.</summary>
    /// <param name="task">The caller; what it calls is in <see cref="Task.CurrentCall"/>.</param>
    /// <param name="architecture">AUDIT_ARCH_ of the entry.</param>
    /// <param name="result">What the call returns when it is not made; null for nothing: the registers stay,
    /// or the task ends.</param>
    /// <returns>True when the call is to be made.</returns>
    internal static bool Allows(Task task, uint architecture, out SysResult? result) =>
        Allows(task, architecture, false, out result);

    private static bool Allows(Task task, uint architecture, bool isRecheck, out SysResult? result)
    {
        int number = (int)task.CurrentCall;
        result = null;
        if (task.SeccompFilter is not { } filter)
        {
            return task.SeccompMode != SeccompMode.Strict || IsStrictlyAllowed(task, number, architecture);
        }

        SeccompData data = Describe(task, number, architecture);
        uint verdict = filter.Judge(in data, out SeccompFilter decider);
        uint value = verdict & ~(uint)SeccompAction.Mask;
        switch ((SeccompAction)(verdict & (uint)SeccompAction.Mask))
        {
            case SeccompAction.Allow or SeccompAction.Log:
                return true;
            case SeccompAction.Error:
                result = new SysResult(-(long)Math.Min(value, MostErrno));
                return false;
            case SeccompAction.Trap:
                Trap(task, in data, value);
                return false;
            case SeccompAction.UserNotification:
                return AskSupervisor(task, decider, in data, out result);
            case SeccompAction.Trace:
                return isRecheck || AskTracer(task, architecture, value, out result);
            case SeccompAction.KillThread:
                EndThread(task, Sigsys);
                return false;
            default:
                TaskExit.BeginGroupExit(task.Group, Sigsys);
                task.ExitStatus ??= Sigsys;
                return false;
        }
    }

    private static SeccompData Describe(Task task, int number, uint architecture)
    {
        ref Platform.GuestRegisters registers = ref task.Registers;
        if (architecture == SeccompData.ArchitectureX86)
        {
            return new SeccompData
            {
                Number = number, Architecture = architecture, InstructionPointer = (uint)registers.Rip,
                A0 = (uint)registers.Rbx, A1 = (uint)registers.Rcx, A2 = (uint)registers.Rdx,
                A3 = (uint)registers.Rsi, A4 = (uint)registers.Rdi, A5 = (uint)registers.Rbp,
            };
        }

        return new SeccompData
        {
            Number = number, Architecture = architecture, InstructionPointer = registers.Rip,
            A0 = task.Call.A0, A1 = task.Call.A1, A2 = task.Call.A2,
            A3 = task.Call.A3, A4 = task.Call.A4, A5 = task.Call.A5,
        };
    }

    // The tracer may change the call: then the filters see it again, but not the tracer.
    private static bool AskTracer(Task task, uint architecture, uint value, out SysResult? result)
    {
        result = Errno.ENOSYS;
        if (task.Trace is not { } link || !link.Has(PtraceOptions.Seccomp))
        {
            return false;
        }

        task.Registers.Rax = unchecked((ulong)-(long)Errno.ENOSYS);
        _ = TraceStops.OnEvent(task, PtraceEvent.Seccomp, value);
        if (task.Group.IsExiting || (int)task.CurrentCall < 0)
        {
            result = new SysResult((long)task.Registers.Rax);
            return false;
        }

        return Allows(task, architecture, true, out result);
    }

    // SECCOMP_MODE_STRICT: read, write, exit and rt_sigreturn.
    private static bool IsStrictlyAllowed(Task task, int number, uint architecture)
    {
        if (architecture == SeccompData.ArchitectureX64
            && (SyscallNumber)number is SyscallNumber.read or SyscallNumber.write or SyscallNumber.exit
                or SyscallNumber.rt_sigreturn)
        {
            return true;
        }

        EndThread(task, (int)Signal.SIGKILL);
        return false;
    }

    // The last thread's end is the process's.
    private static void EndThread(Task task, int signal)
    {
        if (task.Group.Tasks.Count == 1)
        {
            TaskExit.BeginGroupExit(task.Group, signal);
        }

        task.ExitStatus ??= signal;
    }

    private static void Trap(Task task, in SeccompData data, uint value)
    {
        // As at the instruction: what the handler finds in rax is the number.
        task.Registers.Rax = (ulong)data.Number;
        SignalSender.ForceFault(task, new SigInfo
        {
            Number = Sigsys, Code = CodeSeccomp, Error = (int)value, CallAddress = data.InstructionPointer,
            SystemCall = data.Number, Architecture = data.Architecture,
        });
    }

    private static bool AskSupervisor(Task task, SeccompFilter filter, in SeccompData data,
        out SysResult? result)
    {
        result = Errno.ENOSYS;
        if (filter.Listener is not { } listener
            || !listener.Ask(task, in data).TryGet(out SeccompRequest? request, out _))
        {
            return false;
        }

        bool waitsThrough = (filter.Flags & SeccompFilterFlags.WaitKillable) != 0;
        while (!request.IsDone)
        {
            if (waitsThrough && request.IsSent)
            {
                if (task.Group.IsExiting || task.Group.ExecSurvivor is not null)
                {
                    break;
                }

                task.BlockUninterruptibly();
            }
            else if (task.Block(Deadline.Never) == BlockResult.Interrupted
                && !(waitsThrough && request.IsSent))
            {
                break;
            }
        }

        if (!request.IsDone)
        {
            listener.Withdraw(request);
            result = Errno.ERESTARTSYS;
            return false;
        }

        SeccompAnswer answer = request.Answer;
        result = new SysResult(answer.Error != 0 ? answer.Error : answer.Value);
        return (answer.Flags & SeccompAnswer.Continue) != 0;
    }
}
