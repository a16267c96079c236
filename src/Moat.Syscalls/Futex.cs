// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Futexes;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Futex;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>futex(2), set_robust_list(2), get_robust_list(2).</summary>
public static class Futex
{
    /// <summary>
    /// futex(2). The fourth argument is a timeout for the waiting commands and a number for the others.
    /// </summary>
    [Syscall("futex")]
    public static SysResult FutexCall(
        Task task, ulong address, FutexCommand operation, uint value, ulong timeout, ulong address2,
        uint value3)
    {
        FutexCommand command = operation & ~(FutexCommand.Private | FutexCommand.ClockRealtime);
        bool isPrivate = (operation & FutexCommand.Private) != 0;
        bool isRealtime = (operation & FutexCommand.ClockRealtime) != 0;
        Deadline deadline = Deadline.Never;
        if (HasTimeout(command) && timeout != 0)
        {
            Errno error = ReadDeadline(task, timeout, command, isRealtime, out deadline);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        if (isRealtime
            && command is not (FutexCommand.WaitBitset or FutexCommand.WaitRequeuePi or FutexCommand.LockPi2))
        {
            return Errno.ENOSYS;
        }

        int limit = (int)value;
        int limit2 = (int)timeout;
        return command switch
        {
            FutexCommand.Wait => FutexWait.Wait(task, address, isPrivate, value, FutexTable.AnyBit, deadline),
            FutexCommand.WaitBitset => FutexWait.Wait(task, address, isPrivate, value, value3, deadline),
            FutexCommand.Wake => FutexWake.Wake(task, address, isPrivate, limit, FutexTable.AnyBit),
            FutexCommand.WakeBitset => FutexWake.Wake(task, address, isPrivate, limit, value3),
            FutexCommand.Requeue =>
                FutexWake.Requeue(task, address, address2, isPrivate, limit, limit2, null),
            FutexCommand.CompareRequeue =>
                FutexWake.Requeue(task, address, address2, isPrivate, limit, limit2, value3),
            FutexCommand.WakeOperation =>
                FutexWake.WakeOperation(task, address, address2, isPrivate, limit, limit2, value3),
            FutexCommand.LockPi or FutexCommand.LockPi2 =>
                FutexPi.Lock(task, address, isPrivate, tryOnly: false, deadline),
            FutexCommand.TryLockPi =>
                FutexPi.Lock(task, address, isPrivate, tryOnly: true, Deadline.Never),
            FutexCommand.UnlockPi => FutexPi.Unlock(task, address, isPrivate),
            FutexCommand.WaitRequeuePi =>
                FutexPiRequeue.Wait(task, address, address2, isPrivate, value, deadline),
            FutexCommand.CompareRequeuePi =>
                FutexPiRequeue.Requeue(task, address, address2, isPrivate, limit, limit2, value3),
            _ => Errno.ENOSYS,
        };
    }

    /// <summary>set_robust_list(2).</summary>
    [Syscall("set_robust_list")]
    public static SysResult SetRobustList(Task task, GuestPtr<RobustListHead> head, ulong length)
    {
        if (length != RobustListHead.Size)
        {
            return Errno.EINVAL;
        }

        task.RobustList = head.Address;
        return 0;
    }

    /// <summary>
    /// get_robust_list(2). Other processes' lists need the right to trace them: here, the same user.
    /// </summary>
    [Syscall("get_robust_list")]
    public static SysResult GetRobustList(Task task, int threadId, GuestPtr<ulong> head,
        GuestPtr<ulong> length)
    {
        Task? target = threadId == 0 ? task : task.FindTask(threadId);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        if (!TaskAccess.MayInspect(task, target))
        {
            return Errno.EPERM;
        }

        Errno error = length.Write(task.Memory, RobustListHead.Size);
        return error != Errno.Success ? error : head.Write(task.Memory, target.RobustList);
    }

    private static bool HasTimeout(FutexCommand command) =>
        command is FutexCommand.Wait or FutexCommand.WaitBitset
        or FutexCommand.LockPi or FutexCommand.LockPi2 or FutexCommand.WaitRequeuePi;

    private static Errno ReadDeadline(
        Task task, ulong address, FutexCommand command, bool isRealtime, out Deadline deadline)
    {
        deadline = Deadline.Never;
        Errno error = task.Memory.Read(address, out Timespec time);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!time.IsValid)
        {
            return Errno.EINVAL;
        }

        long ns = time.ToNanoseconds();
        if (command == FutexCommand.Wait)
        {
            deadline = Deadline.After(ns);
        }
        else
        {
            deadline = isRealtime || command == FutexCommand.LockPi
                ? Deadline.AtRealtime(ns)
                : new Deadline(task.Namespaces.Time.ToKernel(ClockId.Monotonic, ns));
        }

        return Errno.Success;
    }
}
