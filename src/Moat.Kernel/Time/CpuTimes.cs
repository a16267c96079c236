// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Time;

/// <summary>CPU time used.</summary>
/// <param name="UserNs">In guest code.</param>
/// <param name="SystemNs">In the kernel on its behalf.</param>
public readonly record struct CpuTimes(long UserNs, long SystemNs)
{
    public long TotalNs => UserNs + SystemNs;

    public static CpuTimes operator +(CpuTimes left, CpuTimes right) =>
        new(left.UserNs + right.UserNs, left.SystemNs + right.SystemNs);

    /// <summary>The same as the operator.</summary>
    public static CpuTimes Add(CpuTimes left, CpuTimes right) => left + right;
}
