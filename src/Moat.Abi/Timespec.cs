// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi;

/// <summary>struct timespec of the 64-bit ABI.</summary>
/// <param name="Seconds">Whole seconds.</param>
/// <param name="Nanoseconds">0..999,999,999 when valid.</param>
public readonly record struct Timespec(long Seconds, long Nanoseconds)
{
    /// <summary>True when the nanoseconds are in range and the seconds not negative.</summary>
    public bool IsValid => Seconds >= 0 && (ulong)Nanoseconds < 1_000_000_000;

    /// <summary>The whole in nanoseconds, saturating at <see cref="long.MaxValue"/>.</summary>
    public long ToNanoseconds() => Seconds > 9_223_372_035
        ? long.MaxValue : (Seconds * 1_000_000_000) + Nanoseconds;

    /// <summary>From nanoseconds.</summary>
    public static Timespec FromNanoseconds(long ns) =>
        new(System.Math.DivRem(ns, 1_000_000_000, out long rest), rest);
}
