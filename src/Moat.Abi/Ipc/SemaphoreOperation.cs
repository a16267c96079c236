// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct sembuf.</summary>
public struct SemaphoreOperation
{
    public ushort Number;
    public short Delta;
    public short Flags;
}
