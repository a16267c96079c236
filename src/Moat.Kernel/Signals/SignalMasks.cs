// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Signals;

/// <summary>Blocked sets and pending sets, for system calls.</summary>
public static class SignalMasks
{
    /// <summary>
    /// Changes the caller's blocked set; what it lets through is delivered when the call returns.
    /// </summary>
    public static void Set(Task task, ulong mask) => SignalDelivery.SetMask(task, mask);

    /// <summary>
    /// Blocks another set for the rest of this call only, as ppoll, pselect and sigsuspend do: the old one
    /// comes back when the call ends, or when a handler that it let in returns.
    /// </summary>
    public static void SetForCall(Task task, ulong mask)
    {
        task.RestoreMask ??= task.SignalMask;
        SignalDelivery.SetMask(task, mask);
    }

    /// <summary>Drops pending signals of a whole process.</summary>
    public static void Drop(ThreadGroup group, ulong set)
    {
        using (group.SignalLock.Enter())
        {
            SignalSender.Discard(group, set);
        }
    }

    /// <summary>
    /// Takes one pending signal of a set from the task or its process (sigtimedwait, signalfd).
    /// </summary>
    public static bool TryTake(Task task, ulong set, out Abi.Signals.SigInfo info)
    {
        using (task.Group.SignalLock.Enter())
        {
            return task.Pending.TryTake(set, out info) || task.Group.Pending.TryTake(set, out info);
        }
    }
}
