// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Resources;

/// <summary>The who argument of getrusage(2).</summary>
public enum UsageWho
{
    [LinuxName("RUSAGE_CHILDREN")] Children = -1,
    [LinuxName("RUSAGE_SELF")] Self = 0,
    [LinuxName("RUSAGE_THREAD")] Thread = 1,
}
