// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Resources;

/// <summary>The which argument of getpriority(2).</summary>
public enum PriorityWhich
{
    [LinuxName("PRIO_PROCESS")] Process = 0,
    [LinuxName("PRIO_PGRP")] Group = 1,
    [LinuxName("PRIO_USER")] User = 2,
}
