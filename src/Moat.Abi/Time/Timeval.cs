// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>struct timeval of the 64-bit ABI.</summary>
/// <param name="Seconds">Whole seconds.</param>
/// <param name="Microseconds">0..999,999 when valid.</param>
public readonly record struct Timeval(long Seconds, long Microseconds)
{
    /// <summary>True when the microseconds are in range and the seconds not negative.</summary>
    public bool IsValid => Seconds >= 0 && (ulong)Microseconds < 1_000_000;

    /// <summary>The whole in nanoseconds, saturating at <see cref="long.MaxValue"/>.</summary>
    public long ToNanoseconds() => new Timespec(Seconds, Microseconds * 1000).ToNanoseconds();

    /// <summary>From nanoseconds, rounded down.</summary>
    public static Timeval FromNanoseconds(long ns) =>
        new(System.Math.DivRem(ns, 1_000_000_000, out long rest), rest / 1000);

    /// <summary>From nanoseconds, rounded up: time that remains never reads as zero.</summary>
    public static Timeval FromNanosecondsUp(long ns) =>
        FromNanoseconds(ns > long.MaxValue - 999 ? ns : ns + 999);
}
