// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>adjtimex(2), clock_adjtime(2): an unsynchronised clock that guests cannot steer.</summary>
public static class ClockAdjustment
{
    private const uint OffsetSingleShotRead = 0xa001;
    private const uint Nanoseconds = 0x2000;
    private const int Unsynchronised = 0x40;
    private const int TimeError = 5;

    /// <summary>adjtimex(2): EPERM for every change, whatever the caller's capabilities.</summary>
    [Syscall("adjtimex")]
    public static SysResult Adjust(Task task, GuestPtr<ClockTuning> pointer)
    {
        Errno error = pointer.Read(task.Memory, out ClockTuning tuning);
        if (error != Errno.Success)
        {
            return error;
        }

        if (tuning.Modes is not 0 and not Nanoseconds and not OffsetSingleShotRead)
        {
            return Errno.EPERM;
        }

        var now = new ClockTuning
        {
            Modes = tuning.Modes,
            MaximumError = 16_000_000,
            EstimatedError = 16_000_000,
            Status = Unsynchronised,
            Constant = 2,
            Precision = 1,
            Tolerance = 32_768_000,
            Time = Timeval.FromNanoseconds(GuestClocks.Read(task, ClockId.Realtime).Value),
            Tick = 10_000,
        };
        error = pointer.Write(task.Memory, now);
        return error == Errno.Success ? TimeError : error;
    }

    /// <summary>clock_adjtime(2): EINVAL for no clock, EOPNOTSUPP for all but CLOCK_REALTIME.</summary>
    [Syscall("clock_adjtime")]
    public static SysResult AdjustClock(Task task, ClockId clock, GuestPtr<ClockTuning> pointer)
    {
        if (clock == ClockId.Realtime)
        {
            return Adjust(task, pointer);
        }

        return GuestClocks.Read(task, clock).IsOk ? Errno.EOPNOTSUPP : Errno.EINVAL;
    }
}
