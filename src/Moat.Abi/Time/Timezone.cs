// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>struct timezone (gettimeofday(2)).</summary>
/// <param name="MinutesWest">tz_minuteswest.</param>
/// <param name="DstTime">tz_dsttime.</param>
public readonly record struct Timezone(int MinutesWest, int DstTime);
