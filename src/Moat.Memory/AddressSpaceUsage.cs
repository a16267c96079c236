// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>Sizes of an address space in bytes, for /proc/PID/status and statm.</summary>
/// <param name="Total">VmSize.</param>
/// <param name="Peak">VmPeak.</param>
/// <param name="Data">VmData: private writable mappings.</param>
/// <param name="Stack">VmStk.</param>
/// <param name="Executable">VmExe: the program's code.</param>
/// <param name="Libraries">VmLib: other executable file mappings.</param>
/// <param name="Locked">VmLck.</param>
/// <param name="MapCount">Number of mappings.</param>
public readonly record struct AddressSpaceUsage(
    ulong Total, ulong Peak, ulong Data, ulong Stack, ulong Executable, ulong Libraries, ulong Locked,
        int MapCount);
