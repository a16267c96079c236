// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Vfs;

/// <summary>What stat(2) and statx(2) tell of an inode, independent of their layouts.</summary>
public record struct InodeAttributes
{
    /// <summary>st_dev in Linux's user-space encoding.</summary>
    public ulong DeviceId { get; set; }
    public ulong InodeNumber { get; set; }

    /// <summary>Type and permission bits (S_IFMT | 07777).</summary>
    public uint Mode { get; set; }
    public uint LinkCount { get; set; }
    public uint Uid { get; set; }
    public uint Gid { get; set; }

    /// <summary>st_rdev of device nodes.</summary>
    public ulong SpecialDeviceId { get; set; }
    public long Size { get; set; }
    public int BlockSize { get; set; }

    /// <summary>In units of 512 bytes.</summary>
    public long Blocks { get; set; }
    public Timespec AccessTime { get; set; }
    public Timespec ModifyTime { get; set; }
    public Timespec ChangeTime { get; set; }
    public Timespec BirthTime { get; set; }
}
