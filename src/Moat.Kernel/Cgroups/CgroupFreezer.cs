// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Cgroups;

/// <summary>Keeps the tasks of frozen groups from running: a stop that no signal but SIGKILL ends.</summary>
public static class CgroupFreezer
{
    /// <summary>True once nothing of a group or those below runs any more: cgroup.events' "frozen".</summary>
    public static bool IsAtRestLocked(Cgroup group)
    {
        bool rests = group.IsHalted;
        group.Each(at =>
        {
            foreach (ThreadGroup process in at.Processes)
            {
                foreach (Task task in process.Tasks)
                {
                    rests &= task.IsFrozen || task.HasLeft;
                }
            }
        });
        return rests;
    }

    /// <summary>Sleeps while the calling task's group is frozen.</summary>
    internal static void Halt(Task task)
    {
        if (!task.Group.Cgroup.IsHalted)
        {
            return;
        }

        while (task.Group.Cgroup.IsHalted && !MustGoOn(task))
        {
            task.IsFrozen = true;
            task.BlockUninterruptibly();
        }

        task.IsFrozen = false;
    }

    // On its way out, or about to be by a signal without a handler.
    private static bool MustGoOn(Task task)
    {
        ThreadGroup process = task.Group;
        if (process.IsExiting || (process.ExecSurvivor is { } survivor && survivor != task))
        {
            return true;
        }

        ulong pending;
        using (process.SignalLock.Enter())
        {
            pending = (task.Pending.Mask | process.Pending.Mask)
                & (~task.SignalMask | SignalDefaults.Unblockable) & ~SignalDefaults.StopSet;
        }

        for (ulong rest = pending; rest != 0; rest &= rest - 1)
        {
            int signal = BitOperations.TrailingZeroCount(rest) + 1;
            if (process.Handlers.Get(signal).Handler == SignalAction.SIG_DFL
                && !SignalDefaults.IsIgnored(signal)
                && SignalDefaults.Bit(signal) != SignalDefaults.ContinueSet)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tasks whose group was frozen or thawed are to look.</summary>
    internal static void Notice(Task[] tasks)
    {
        foreach (Task task in tasks)
        {
            if (task.Group.Cgroup.IsHalted)
            {
                task.Interrupt();
            }
            else
            {
                task.WakeUp();
            }
        }
    }
}
