// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct shminfo64 (IPC_INFO).</summary>
public struct SharedMemoryLimits
{
    public ulong Maximum;
    public ulong Minimum;
    public ulong Segments;
    public ulong SegmentsPerProcess;
    public ulong AllPages;
    public ulong Unused1;
    public ulong Unused2;
    public ulong Unused3;
    public ulong Unused4;
}
