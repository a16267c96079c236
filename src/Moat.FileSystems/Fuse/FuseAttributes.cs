// SPDX-License-Identifier: Apache-2.0
using System;
using System.Numerics;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Fuse;

/// <summary>Reads struct fuse_attr, which is what the daemon says of a node.</summary>
internal static class FuseAttributes
{
    /// <summary>Bytes of struct fuse_attr.</summary>
    internal const int Size = 88;

    /// <summary>Bytes of struct fuse_attr_out.</summary>
    internal const int ReplySize = 16 + Size;

    private const int DefaultBlock = 4096;

    /// <summary>Reads them: EIO for what no file can be.</summary>
    internal static Result<InodeAttributes> Read(FuseTerms terms, ulong device, ReadOnlySpan<byte> bytes)
    {
        var reader = new FuseReader(bytes);
        var read = new InodeAttributes { DeviceId = device, InodeNumber = reader.Long() };
        ulong size = reader.Long();
        read.Blocks = (long)Math.Min(reader.Long(), long.MaxValue);
        (ulong access, ulong modify, ulong change) = (reader.Long(), reader.Long(), reader.Long());
        read.AccessTime = Time(access, reader.Word());
        read.ModifyTime = Time(modify, reader.Word());
        read.ChangeTime = Time(change, reader.Word());
        uint mode = reader.Word();
        read.Mode = mode & (StatMode.TypeMask | StatMode.PermissionMask);
        read.LinkCount = reader.Word();
        read.Uid = Known(terms.Owner.Uids.ToKernel(reader.Word()));
        read.Gid = Known(terms.Owner.Gids.ToKernel(reader.Word()));
        uint special = reader.Word();
        read.SpecialDeviceId = DeviceNumber.Make(
            (special >> 8) & 0xfff, (special & 0xff) | ((special >> 12) & 0xfff00));
        uint block = reader.Word();
        read.BlockSize = block is 0 or > 1 << 30 ? DefaultBlock : (int)(1u << BitOperations.Log2(block));
        read.Size = (long)size;
        return size > long.MaxValue || !IsType(StatMode.TypeOf(mode)) ? Errno.EIO : read;
    }

    /// <summary>The moment until which something holds, from now on.</summary>
    internal static long Until(ulong seconds, uint nanoseconds)
    {
        const ulong Forever = 1_000_000_000;
        return seconds >= Forever ? long.MaxValue
            : Clock.MonotonicNs() + ((long)seconds * 1_000_000_000) + Math.Min(nanoseconds, 999_999_999);
    }

    internal static bool IsType(FileType type) => type is FileType.Regular or FileType.Directory
        or FileType.Symlink or FileType.Fifo or FileType.Socket or FileType.CharacterDevice
        or FileType.BlockDevice;

    private static uint Known(uint id) => id == IdMap.Invalid ? IdMap.Overflow : id;

    private static Timespec Time(ulong seconds, uint nanoseconds) =>
        new((long)seconds, Math.Min(nanoseconds, 999_999_999));
}
