// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sched;

/// <summary>struct sched_param (sched_setparam(2)).</summary>
/// <param name="Priority">1..99 for real-time policies, else 0.</param>
public readonly record struct SchedulingParameters(int Priority);
