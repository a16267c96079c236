// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Utsname;

/// <summary>struct sysinfo (sysinfo(2)).</summary>
[StructLayout(LayoutKind.Sequential, Size = 112)]
public struct SystemInformation
{
    /// <summary>Seconds since boot.</summary>
    public long Uptime;

    /// <summary>Load averages over 1, 5 and 15 minutes, scaled by 65536.</summary>
    public ulong Load1;
    public ulong Load5;
    public ulong Load15;
    public ulong TotalRam;
    public ulong FreeRam;
    public ulong SharedRam;
    public ulong BufferRam;
    public ulong TotalSwap;
    public ulong FreeSwap;
    public ushort Processes;
    public ushort Padding;
    public ulong TotalHigh;
    public ulong FreeHigh;

    /// <summary>Bytes per unit of the sizes above.</summary>
    public uint MemoryUnit;
}
