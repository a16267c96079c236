// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Seccomp;

/// <summary>seccomp(2) below the copying: strict mode, and attaching a filter.</summary>
public static class SeccompAttach
{
    /// <summary>SECCOMP_SET_MODE_STRICT. EINVAL for a task that has filters.</summary>
    public static Errno SetStrict(Task task)
    {
        if (task.SeccompMode == SeccompMode.Filter)
        {
            return Errno.EINVAL;
        }

        task.SetSeccomp(SeccompMode.Strict, null);
        return Errno.Success;
    }

    /// <summary>True for who may attach filters at all: EACCES otherwise.</summary>
    public static bool MayAttach(Task task) =>
        task.Credentials.NoNewPrivileges || task.Credentials.HasOwn(Capability.SysAdmin);

    /// <summary>SECCOMP_SET_MODE_FILTER, permitted and copied in.</summary>
    /// <returns>0; the descriptor of a new listener; the thread that cannot be brought along.</returns>
    public static SysResult SetFilter(Task task, BpfInstruction[] program, SeccompFilterFlags flags)
    {
        if (!BpfChecker.IsValid(program))
        {
            return Errno.EINVAL;
        }

        if ((flags & SeccompFilterFlags.NewListener) == 0)
        {
            return Attach(task, program, flags, null);
        }

        FdTable files = task.Files;
        if (!files.Reserve(closeOnExec: true).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        var listener = new SeccompListener(task);
        SysResult result = Attach(task, program, flags, listener);
        if (result.Raw != 0)
        {
            files.CancelReservation(fd);
            listener.Release();
            return result;
        }

        files.Publish(fd, listener);
        return fd;
    }

    /// <summary>A task ends and lets go of its filters.</summary>
    internal static void Leave(Task task)
    {
        SeccompFilter? filter;
        using (task.Group.SignalLock.Enter())
        {
            filter = task.SeccompFilter;
            task.SetSeccomp(task.SeccompMode, null);
        }

        SeccompFilter.Drop(filter);
    }

    private static SysResult Attach(Task task, BpfInstruction[] program, SeccompFilterFlags flags,
        SeccompListener? listener)
    {
        ThreadGroup group = task.Group;
        using RankedLock.Scope scope = group.SignalLock.Enter();
        if (task.SeccompMode == SeccompMode.Strict)
        {
            return Errno.EINVAL;
        }

        SeccompFilter? newest = task.SeccompFilter;
        if (listener is not null && HasListener(newest))
        {
            return Errno.EBUSY;
        }

        bool sync = (flags & SeccompFilterFlags.ThreadSync) != 0;
        if (sync && FindForeigner(task) is { } foreigner)
        {
            return (flags & SeccompFilterFlags.ThreadSyncError) != 0
                ? Errno.ESRCH : task.ShowProcess(foreigner.ThreadId);
        }

        if (SeccompFilter.LengthWith(newest, BpfCost.Of(program)) > SeccompFilter.LongestChain
            || !task.Kernel.SeccompBudget.TryTake(program.Length))
        {
            return Errno.ENOMEM;
        }

        // It takes over the task's hold on those before it.
        var filter = new SeccompFilter(program, newest, flags, task.Kernel.SeccompBudget)
        {
            Listener = listener,
        };
        task.SetSeccomp(SeccompMode.Filter, filter);
        if (sync)
        {
            Synchronize(task, filter);
        }

        return 0;
    }

    private static bool HasListener(SeccompFilter? newest)
    {
        for (SeccompFilter? filter = newest; filter is not null; filter = filter.Previous)
        {
            if (filter.Listener is not null)
            {
                return true;
            }
        }

        return false;
    }

    // A thread with filters that the caller does not have (seccomp_can_sync_threads).
    private static Task? FindForeigner(Task task)
    {
        foreach (Task other in task.Group.Tasks)
        {
            bool follows = other == task || other.HasLeft
                || other.SeccompMode == SeccompMode.Disabled
                || (other.SeccompMode == SeccompMode.Filter
                    && SeccompFilter.Includes(task.SeccompFilter, other.SeccompFilter));
            if (!follows)
            {
                return other;
            }
        }

        return null;
    }

    private static void Synchronize(Task task, SeccompFilter filter)
    {
        foreach (Task other in task.Group.Tasks)
        {
            if (other == task || other.HasLeft)
            {
                continue;
            }

            SeccompFilter? before = other.SeccompFilter;
            other.SetSeccomp(SeccompMode.Filter, filter.Share());
            SeccompFilter.Drop(before);
            if (task.Credentials.NoNewPrivileges)
            {
                other.Credentials = other.Credentials with { NoNewPrivileges = true };
            }
        }
    }
}
