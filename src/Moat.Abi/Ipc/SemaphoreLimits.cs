// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct seminfo (IPC_INFO, SEM_INFO).</summary>
public struct SemaphoreLimits
{
    public int MapEntries;
    public int Sets;
    public int Semaphores;
    public int UndoStructures;
    public int PerSet;
    public int PerCall;
    public int UndoEntries;
    public int UndoSize;
    public int MaximumValue;
    public int MaximumAdjustment;
}
