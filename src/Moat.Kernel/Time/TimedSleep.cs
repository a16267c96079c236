// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>Sleeping until a moment (nanosleep(2), clock_nanosleep(2)).</summary>
public static class TimedSleep
{
    private const long ShortestLookNs = 1_000_000;

    /// <summary>Sleeps until the deadline; false when interrupted.</summary>
    public static bool Until(Task task, Deadline deadline)
    {
        while (!deadline.HasPassed)
        {
            switch (task.Block(deadline))
            {
                case BlockResult.TimedOut:
                    return true;
                case BlockResult.Interrupted:
                    return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Sleeps for some time; when interrupted, says how much is left and arranges to go on.
    /// </summary>
    /// <param name="task">The caller.</param>
    /// <param name="deadline">When it ends.</param>
    /// <param name="remainder">Where the guest wants the time that is left; 0 for nowhere.</param>
    public static SysResult Relative(Task task, Deadline deadline, ulong remainder)
    {
        if (Until(task, deadline))
        {
            return 0;
        }

        if (remainder != 0)
        {
            long left = Math.Max(deadline.MonotonicNs - Clock.MonotonicNs(), 0);
            if (left == 0)
            {
                return 0;
            }

            Errno error = task.Memory.Write(remainder, Timespec.FromNanoseconds(left));
            if (error != Errno.Success)
            {
                return error;
            }
        }

        task.Restart = new SleepRestart(deadline, remainder);
        return Errno.ERESTART_RESTARTBLOCK;
    }

    /// <summary>Sleeps until a CPU clock has reached a value: looks again as soon as it could have.</summary>
    /// <returns>EINVAL when the clock goes away; ERESTARTNOHAND when interrupted.</returns>
    public static SysResult UntilCpu(Task task, ClockId clock, long untilNs)
    {
        while (true)
        {
            if (!GuestClocks.Read(task, clock).TryGet(out long now, out Errno error))
            {
                return error;
            }

            if (now >= untilNs)
            {
                return 0;
            }

            long wait = Math.Max((untilNs - now) / Math.Max(task.Kernel.CpuCount, 1), ShortestLookNs);
            if (!Until(task, Deadline.After(wait)))
            {
                return Errno.ERESTARTNOHAND;
            }
        }
    }
}
