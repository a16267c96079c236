// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Blocking;

/// <summary>
/// How a task waits for another guest process inside a call that cannot begin anew (FUSE): only what ends the
/// task ends the wait, as wait_event_killable() on Linux.
/// </summary>
/// <remarks>No lock may be held that others need: the other process says how long it takes.</remarks>
public static class KillableWait
{
    /// <summary>
    /// Sleeps until <see cref="Task.WakeUp"/> (look at the condition again then); false, and at once, for a
    /// task that is to end.
    /// </summary>
    public static bool Sleep(Task task)
    {
        if (IsEnding(task))
        {
            return false;
        }

        task.BlockKillably();
        return !IsEnding(task);
    }

    /// <summary>True for a task that ends, or will as soon as it looks at its signals.</summary>
    public static bool IsEnding(Task task)
    {
        ThreadGroup group = task.Group;
        if (group.IsExiting || group.Dump is not null || task.ExitStatus is not null
            || (group.ExecSurvivor is { } survivor && survivor != task))
        {
            return true;
        }

        for (ulong set = Awaiting(task); set != 0; set &= set - 1)
        {
            if (Ends(task, System.Numerics.BitOperations.TrailingZeroCount(set) + 1))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a signal waits that the task does not block.</summary>
    public static bool HasSignal(Task task) => Awaiting(task) != 0;

    private static ulong Awaiting(Task task)
    {
        using (task.Group.SignalLock.Enter())
        {
            ulong allowed = ~task.SignalMask | SignalDefaults.Unblockable;
            return (task.Pending.Mask | task.Group.Pending.Mask) & allowed;
        }
    }

    // As complete_signal(): what kills by default does so at once, unless somebody else has a say.
    private static bool Ends(Task task, int signal)
    {
        if (signal == (int)Signal.SIGKILL)
        {
            return true;
        }

        return task.Group.Handlers.Get(signal).Handler == SignalAction.SIG_DFL
            && !SignalDefaults.IsIgnored(signal) && !SignalDefaults.IsStop(signal)
            && task.Trace is null && !task.Group.IsProtectedInit;
    }
}
