// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Wait;

/// <summary>P_ values of waitid(2).</summary>
[LinuxPrefix("P_")]
public enum WaitIdType
{
    All = 0,
    Pid = 1,
    [LinuxName("P_PGID")] ProcessGroup = 2,
    PidFd = 3,
}
