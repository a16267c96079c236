// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>Offsets of CLOCK_MONOTONIC and CLOCK_BOOTTIME of its own (time_namespaces(7)).</summary>
/// <remarks>Invariants: the offsets are those it is entered with: once frozen they stay.</remarks>
public sealed class TimeNamespace : GuestNamespace
{
    // Half of what the kernel's clocks can show in seconds (KTIME_SEC_MAX).
    private const long HighestNs = long.MaxValue / 2;

    private long _monotonicNs;
    private long _bootNs;
    private bool _isFrozen;

    /// <summary>The initial one: without offsets.</summary>
    public TimeNamespace()
        : base(NamespaceKind.Time, UserNamespace.Initial, 4026531834) => _isFrozen = true;

    /// <summary>A new one, with another's offsets to begin with.</summary>
    public TimeNamespace(TimeNamespace from, UserNamespace owner)
        : base(NamespaceKind.Time, owner, 0)
    {
        _monotonicNs = from._monotonicNs;
        _bootNs = from._bootNs;
    }

    /// <summary>True once a process has been in it.</summary>
    public bool IsFrozen => Volatile.Read(ref _isFrozen);

    /// <summary>True when clocks differ from the kernel's, and programs must ask it.</summary>
    public bool IsShifted => (_monotonicNs | _bootNs) != 0;

    /// <summary>A process enters.</summary>
    public void Freeze() => Volatile.Write(ref _isFrozen, true);

    /// <summary>What is added to a clock of the kernel, ns; 0 for those that all namespaces share.</summary>
    public long Offset(ClockId clock) => clock switch
    {
        ClockId.Monotonic or ClockId.MonotonicRaw or ClockId.MonotonicCoarse => _monotonicNs,
        ClockId.BootTime or ClockId.BootTimeAlarm => _bootNs,
        _ => 0,
    };

    /// <summary>A moment that a guest names on one of its clocks, on the kernel's (timens_ktime_to_host).
    /// </summary>
    public long ToKernel(ClockId clock, long ns)
    {
        long offset = Offset(clock);
        return offset >= 0 ? (ns < offset ? 0 : ns - offset)
            : ns > long.MaxValue + offset ? long.MaxValue : ns - offset;
    }

    /// <summary>Sets the offset of a clock.</summary>
    /// <returns>ERANGE when the clock would be negative or too large; EACCES once it is frozen.</returns>
    public Errno SetOffset(ClockId clock, long seconds, long nanoseconds)
    {
        const long PerSecond = 1_000_000_000;
        Errno error = CheckOffset(seconds, nanoseconds);
        if (error != Errno.Success || IsFrozen)
        {
            return error != Errno.Success ? error : Errno.EACCES;
        }

        long offset = (seconds * PerSecond) + nanoseconds;
        Volatile.Write(ref clock == ClockId.Monotonic ? ref _monotonicNs : ref _bootNs, offset);
        return Errno.Success;
    }

    /// <summary>ERANGE for an offset that no clock could have.</summary>
    public static Errno CheckOffset(long seconds, long nanoseconds)
    {
        const long PerSecond = 1_000_000_000;
        if (Math.Abs(Math.Max(seconds, -long.MaxValue)) > long.MaxValue / PerSecond)
        {
            return Errno.ERANGE;
        }

        Int128 shown = ((Int128)seconds * PerSecond) + nanoseconds + Clock.MonotonicNs();
        return shown < 0 || shown > HighestNs ? Errno.ERANGE : Errno.Success;
    }
}
