// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Ipc;

/// <summary>struct ipc64_perm.</summary>
public struct IpcPermissionData
{
    public int Key;
    public uint Uid;
    public uint Gid;
    public uint CreatorUid;
    public uint CreatorGid;
    public uint Mode;
    public ushort Sequence;
    public ushort Padding1;
    public uint Padding2;
    public ulong Unused1;
    public ulong Unused2;
}
