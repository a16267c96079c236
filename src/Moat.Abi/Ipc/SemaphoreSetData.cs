// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct semid64_ds of x86-64.</summary>
public struct SemaphoreSetData
{
    public IpcPermissionData Permission;
    public long OperationTime;
    public ulong Unused1;
    public long ChangeTime;
    public ulong Unused2;
    public ulong Count;
    public ulong Unused3;
    public ulong Unused4;
}
