// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>rt_sigsuspend(2), pause(2), rt_sigtimedwait(2).</summary>
public static class SignalWaits
{
    private const ulong SetSize = 8;

    /// <summary>rt_sigsuspend(2).</summary>
    [Syscall("rt_sigsuspend")]
    public static SysResult Suspend(Task task, [Input] GuestPtr<ulong> mask, ulong size)
    {
        if (size != SetSize)
        {
            return Errno.EINVAL;
        }

        if (mask.Read(task.Memory, out ulong wanted) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        SignalMasks.SetForCall(task, wanted);
        return Pause(task);
    }

    /// <summary>pause(2).</summary>
    [Syscall("pause")]
    public static SysResult Pause(Task task)
    {
        while (task.Block(Deadline.Never) != BlockResult.Interrupted)
        {
        }

        return Errno.ERESTARTNOHAND;
    }

    /// <summary>rt_sigtimedwait(2).</summary>
    [Syscall("rt_sigtimedwait")]
    public static SysResult TimedWait(
        Task task, [Input] GuestPtr<ulong> set, GuestPtr<SigInfo> info, [Input] GuestPtr<Timespec> timeout,
        ulong size)
    {
        if (size != SetSize)
        {
            return Errno.EINVAL;
        }

        if (set.Read(task.Memory, out ulong wanted) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        Deadline deadline = Deadline.Never;
        if (!timeout.IsNull)
        {
            if (timeout.Read(task.Memory, out Timespec time) != Errno.Success)
            {
                return Errno.EFAULT;
            }

            if (!time.IsValid)
            {
                return Errno.EINVAL;
            }

            deadline = Deadline.After(time.ToNanoseconds());
        }

        wanted &= ~SignalDefaults.Unblockable;
        Errno error = Await(task, wanted, deadline, out SigInfo taken);
        if (error != Errno.Success)
        {
            return error;
        }

        return !info.IsNull && info.Write(task.Memory, taken) != Errno.Success ? Errno.EFAULT : taken.Number;
    }

    // The awaited signals are let through while we sleep, so that one of them ends the sleep
    // (kernel/signal.c).
    private static Errno Await(Task task, ulong wanted, Deadline deadline, out SigInfo taken)
    {
        if (SignalMasks.TryTake(task, wanted, out taken))
        {
            return Errno.Success;
        }

        ulong mask = task.SignalMask;
        var waiter = new TaskWaiter(task, PollEvents.All);
        task.Group.SignalEvents.Add(waiter);
        try
        {
            while (true)
            {
                if (SignalMasks.TryTake(task, wanted, out taken))
                {
                    return Errno.Success;
                }

                switch (task.Block(deadline))
                {
                    case BlockResult.TimedOut:
                        return Errno.EAGAIN;
                    case BlockResult.Interrupted:
                        return SignalMasks.TryTake(task, wanted, out taken) ? Errno.Success : Errno.EINTR;
                    default:
                        break;
                }
            }
        }
        finally
        {
            task.Group.SignalEvents.Remove(waiter);
            SignalMasks.Set(task, mask);
        }
    }
}
