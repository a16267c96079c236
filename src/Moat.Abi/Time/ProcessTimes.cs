// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>struct tms (times(2)), in clock ticks of 1/100 s.</summary>
/// <param name="User">tms_utime.</param>
/// <param name="System">tms_stime.</param>
/// <param name="ChildrenUser">tms_cutime.</param>
/// <param name="ChildrenSystem">tms_cstime.</param>
public readonly record struct ProcessTimes(long User, long System, long ChildrenUser, long ChildrenSystem);
