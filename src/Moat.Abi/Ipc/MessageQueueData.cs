// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct msqid64_ds.</summary>
public struct MessageQueueData
{
    public IpcPermissionData Permission;
    public long SendTime;
    public long ReceiveTime;
    public long ChangeTime;
    public ulong Bytes;
    public ulong Messages;
    public ulong MaximumBytes;
    public int LastSender;
    public int LastReceiver;
    public ulong Unused1;
    public ulong Unused2;
}
