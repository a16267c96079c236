// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>Turns the host's statx into attributes that the guest may see.</summary>
internal static class HostAttributes
{
    /// <summary>Basic statistics and the birth time.</summary>
    internal const uint Mask = HostStatx.BasicStats | 0x800;

    /// <summary>AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT.</summary>
    internal const uint NoFollow = HostPath.NoFollow | 0x800;

    /// <summary>What may be walked through: one name, no links.</summary>
    internal const OpenResolve OneStep = OpenResolve.Beneath | OpenResolve.NoMagicLinks
        | OpenResolve.NoSymlinks;

    /// <summary>
    /// Opens one name of a directory. What somebody else moves away meanwhile is not there; to openat2(2)
    /// it is beyond the directory (EXDEV).
    /// </summary>
    internal static Result<int> OpenStep(
        int directory, ReadOnlySpan<byte> name, OpenFlags flags, uint mode = 0)
    {
        Result<int> fd = HostPath.Open(directory, name, flags, mode, OneStep);
        return fd.Error == Errno.EXDEV ? Errno.ENOENT : fd;
    }

    internal static ulong DeviceOf(in HostStatx stat) => DeviceNumber.Make(stat.DevMajor, stat.DevMinor);

    internal static InodeAttributes Convert(
        HostFileSystem fileSystem, int directoryFd, ReadOnlySpan<byte> name, in HostStatx stat)
    {
        fileSystem.HostOptions.Owners.Resolve(directoryFd, name, stat, out uint uid, out uint gid);
        return new InodeAttributes
        {
            DeviceId = fileSystem.MapDevice(DeviceOf(stat)),
            InodeNumber = stat.Inode,
            Mode = stat.Mode,
            LinkCount = stat.LinkCount,
            Uid = uid,
            Gid = gid,
            SpecialDeviceId = DeviceNumber.Make(stat.RdevMajor, stat.RdevMinor),
            Size = (long)stat.Size,
            BlockSize = (int)stat.BlockSize,
            Blocks = (long)stat.Blocks,
            AccessTime = Convert(stat.AccessTime),
            ModifyTime = Convert(stat.ModifyTime),
            ChangeTime = Convert(stat.ChangeTime),
            BirthTime = Convert(stat.BirthTime),
        };
    }

    private static Timespec Convert(HostStatxTime time) => new(time.Seconds, time.Nanoseconds);
}
