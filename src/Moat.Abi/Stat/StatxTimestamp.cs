// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Stat;

/// <summary>struct statx_timestamp.</summary>
/// <param name="Seconds">Since the epoch.</param>
/// <param name="Nanoseconds">0..999,999,999.</param>
/// <param name="Reserved">Zero.</param>
public readonly record struct StatxTimestamp(long Seconds, uint Nanoseconds, int Reserved);
