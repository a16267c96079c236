// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>
/// Where the program of an address space lies: what /proc/PID/stat, cmdline, environ and PR_SET_MM speak of.
/// </summary>
public readonly record struct ProgramLayout
{
    public ulong StartCode { get; init; }
    public ulong EndCode { get; init; }
    public ulong StartData { get; init; }
    public ulong EndData { get; init; }

    /// <summary>rsp at program start.</summary>
    public ulong StartStack { get; init; }
    public ulong ArgumentsStart { get; init; }
    public ulong ArgumentsEnd { get; init; }
    public ulong EnvironmentStart { get; init; }
    public ulong EnvironmentEnd { get; init; }
}
