// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Sched;

/// <summary>struct sched_attr (sched_setattr(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SchedulingAttributes
{
    /// <summary>SCHED_ATTR_SIZE_VER0: without the utilization clamps.</summary>
    public const uint FirstSize = 48;

    /// <summary>SCHED_ATTR_SIZE_VER1.</summary>
    public const uint CurrentSize = 56;

    public uint Size;
    public uint Policy;

    /// <summary>SCHED_FLAG_ bits.</summary>
    public ulong Flags;
    public int Nice;
    public uint Priority;

    /// <summary>Runtime of SCHED_DEADLINE, ns.</summary>
    public ulong Runtime;
    public ulong Deadline;
    public ulong Period;
    public uint UtilizationMinimum;
    public uint UtilizationMaximum;

    /// <summary>SCHED_FLAG_RESET_ON_FORK.</summary>
    public const ulong ResetOnFork = 1;
}
