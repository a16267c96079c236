// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Host;

/// <summary>What the host says of its memory and load (sysinfo(2)).</summary>
public readonly record struct HostMemoryFigures(
    ulong TotalBytes, ulong FreeBytes, ulong SharedBytes, ulong BufferBytes, ulong SwapTotalBytes,
    ulong SwapFreeBytes,
    ulong Load1, ulong Load5, ulong Load15)
{
    /// <summary>Asks the host; loads are fixed-point numbers with 16 bits of fraction.</summary>
    [HostCall("sysinfo",
        Why = "/proc/meminfo, /proc/loadavg and sysinfo(2) of the guest; the runtime's GC needs it too")]
    public static unsafe HostMemoryFigures Read()
    {
        // struct sysinfo: uptime, loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap (u64
        // each), procs u16, pad, totalhigh, freehigh, mem_unit u32.
        ulong* words = stackalloc ulong[16];
        if (HostCall.Invoke(SyscallNumber.sysinfo, (ulong)words).IsError)
        {
            return default;
        }

        ulong unit = System.Math.Max((uint)words[13], 1);
        return new(
            words[4] * unit, words[5] * unit, words[6] * unit, words[7] * unit, words[8] * unit,
            words[9] * unit,
            words[1], words[2], words[3]);
    }
}
