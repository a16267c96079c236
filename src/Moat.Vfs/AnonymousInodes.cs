// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>
/// Inode numbers and devices of files that no directory holds: pipes, sockets, anonymous inodes.
/// </summary>
public static class AnonymousInodes
{
    /// <summary>st_dev of sockets (sockfs).</summary>
    public const ulong SocketDevice = 8;

    /// <summary>st_dev of pipes (pipefs).</summary>
    public const ulong PipeDevice = 14;

    /// <summary>st_dev of event files (anon_inodefs).</summary>
    public const ulong AnonymousDevice = 15;

    /// <summary>st_dev of memfd files (the kernel's internal tmpfs).</summary>
    public const ulong MemoryDevice = 1;

    private static ulong s_last = 10_000;

    /// <summary>A number that no other such file has.</summary>
    public static ulong Next() => Interlocked.Increment(ref s_last);

    /// <summary>Attributes of a new nameless file.</summary>
    public static InodeAttributes Describe(ulong device, ulong inode, uint mode, Credentials owner)
    {
        Timespec now = Timespec.FromNanoseconds(Clock.RealtimeNs());
        return new InodeAttributes
        {
            DeviceId = device, InodeNumber = inode, Mode = mode, LinkCount = 1,
            Uid = owner.FsUid, Gid = owner.FsGid, BlockSize = 4096,
            AccessTime = now, ModifyTime = now, ChangeTime = now,
        };
    }
}
