// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct shmid64_ds.</summary>
public struct SharedSegmentData
{
    public IpcPermissionData Permission;
    public ulong Size;
    public long AttachTime;
    public long DetachTime;
    public long ChangeTime;
    public int CreatorPid;
    public int LastPid;
    public ulong AttachCount;
    public ulong Unused1;
    public ulong Unused2;
}
