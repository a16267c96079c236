// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Stat;

/// <summary>struct stat of x86-64, 144 bytes (stat(2)).</summary>
public struct FileStatus
{
    public ulong DeviceId;
    public ulong InodeNumber;
    public ulong LinkCount;
    public uint Mode;
    public uint Uid;
    public uint Gid;
    public uint Padding;
    public ulong SpecialDeviceId;
    public long Size;
    public long BlockSize;

    /// <summary>In units of 512 bytes.</summary>
    public long Blocks;
    public Timespec AccessTime;
    public Timespec ModifyTime;
    public Timespec ChangeTime;
    public long Unused0;
    public long Unused1;
    public long Unused2;
}
