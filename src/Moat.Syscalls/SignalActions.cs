// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>rt_sigaction(2), rt_sigprocmask(2), rt_sigpending(2), rt_sigreturn(2), sigaltstack(2).</summary>
public static class SignalActions
{
    private const ulong SetSize = 8;
    private const ulong KnownFlags = SignalAction.SA_NOCLDSTOP | SignalAction.SA_NOCLDWAIT
        | SignalAction.SA_SIGINFO
        | SignalAction.SA_EXPOSE_TAGBITS | SignalAction.SA_RESTORER | SignalAction.SA_ONSTACK
        | SignalAction.SA_RESTART | SignalAction.SA_NODEFER | SignalAction.SA_RESETHAND;

    /// <summary>rt_sigaction(2).</summary>
    [Syscall("rt_sigaction")]
    public static SysResult Action(
        Task task, int signal, [Input] GuestPtr<SignalAction> action, GuestPtr<SignalAction> old, ulong size)
    {
        if (size != SetSize)
        {
            return Errno.EINVAL;
        }

        Unsafe.SkipInit(out SignalAction wanted);
        if (!action.IsNull && action.Read(task.Memory, out wanted) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        bool fixedAction = signal is (int)Signal.SIGKILL or (int)Signal.SIGSTOP;
        if (signal is < 1 or > (int)Signal.SIGRTMAX || (!action.IsNull && fixedAction))
        {
            return Errno.EINVAL;
        }

        SignalAction before = task.Group.Handlers.Get(signal);
        if (!action.IsNull)
        {
            wanted.Flags &= KnownFlags;
            wanted.Mask &= ~SignalDefaults.Unblockable;
            task.Group.Handlers.Set(signal, wanted);
            DropIgnored(task, signal, wanted);
        }

        return old.IsNull ? 0 : old.Write(task.Memory, before);
    }

    /// <summary>rt_sigprocmask(2).</summary>
    [Syscall("rt_sigprocmask")]
    public static SysResult ProcMask(Task task, int how, [Input] GuestPtr<ulong> set, GuestPtr<ulong> old,
        ulong size)
    {
        if (size != SetSize)
        {
            return Errno.EINVAL;
        }

        ulong before = task.SignalMask;
        if (!set.IsNull)
        {
            if (set.Read(task.Memory, out ulong given) != Errno.Success)
            {
                return Errno.EFAULT;
            }

            switch (how)
            {
                case 0:
                    SignalMasks.Set(task, before | given);
                    break;
                case 1:
                    SignalMasks.Set(task, before & ~given);
                    break;
                case 2:
                    SignalMasks.Set(task, given);
                    break;
                default:
                    return Errno.EINVAL;
            }
        }

        return old.IsNull ? 0 : old.Write(task.Memory, before);
    }

    /// <summary>rt_sigpending(2).</summary>
    [Syscall("rt_sigpending")]
    public static SysResult Pending(Task task, GuestPtr<ulong> set, ulong size)
    {
        if (size > SetSize)
        {
            return Errno.EINVAL;
        }

        ulong pending = (task.Pending.Mask | task.Group.Pending.Mask) & task.SignalMask;
        System.Span<byte> bytes = stackalloc byte[8];
        System.BitConverter.TryWriteBytes(bytes, pending);
        return task.Memory.Write(set.Address, bytes[..(int)size]);
    }

    /// <summary>rt_sigreturn(2).</summary>
    [Syscall("rt_sigreturn")]
    public static SysResult Return(Task task)
    {
        task.KeepRegisters = true;
        if (!SignalFrame.Pop(task))
        {
            SignalSender.ForceFault(task,
                new SigInfo { Number = (int)Signal.SIGSEGV, Code = SigInfo.SI_KERNEL });
        }

        return 0;
    }

    /// <summary>sigaltstack(2).</summary>
    [Syscall("sigaltstack")]
    public static SysResult AlternateStack(Task task, [Input] GuestPtr<SignalStack> stack,
        GuestPtr<SignalStack> old)
    {
        SignalStack before = AlternateStackRules.Describe(task);
        if (!stack.IsNull)
        {
            if (stack.Read(task.Memory, out SignalStack wanted) != Errno.Success)
            {
                return Errno.EFAULT;
            }

            Errno error = AlternateStackRules.Set(task, wanted);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return old.IsNull ? 0 : old.Write(task.Memory, before);
    }

    // A signal that becomes ignored is no longer pending (POSIX, sigaction).
    private static void DropIgnored(Task task, int signal, in SignalAction action)
    {
        if (action.Handler == SignalAction.SIG_IGN
            || (action.Handler == SignalAction.SIG_DFL && SignalDefaults.IsIgnored(signal)))
        {
            SignalMasks.Drop(task.Group, SignalDefaults.Bit(signal));
        }
    }
}
