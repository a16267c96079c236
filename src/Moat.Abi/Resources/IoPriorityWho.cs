// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Resources;

/// <summary>The which argument of ioprio_get(2).</summary>
public enum IoPriorityWho
{
    [LinuxName("IOPRIO_WHO_PROCESS")] Process = 1,
    [LinuxName("IOPRIO_WHO_PGRP")] Group = 2,
    [LinuxName("IOPRIO_WHO_USER")] User = 3,
}
