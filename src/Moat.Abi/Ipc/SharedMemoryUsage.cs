// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct shm_info (SHM_INFO).</summary>
public struct SharedMemoryUsage
{
    public int UsedIds;
    public int Padding;
    public ulong TotalPages;
    public ulong ResidentPages;
    public ulong SwappedPages;
    public ulong SwapAttempts;
    public ulong SwapSuccesses;
}
