// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Stat;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>stat(2), fstat(2), lstat(2), newfstatat(2), statx(2).</summary>
public static class Stat
{
    private const int CurrentDirectory = -100;

    /// <summary>stat(2).</summary>
    [Syscall("stat")]
    public static SysResult StatPath(Task task, GuestString path, GuestPtr<FileStatus> result) =>
        AtPath(task, CurrentDirectory, path, LookupFlags.Follow, result);

    /// <summary>lstat(2).</summary>
    [Syscall("lstat")]
    public static SysResult LinkStat(Task task, GuestString path, GuestPtr<FileStatus> result) =>
        AtPath(task, CurrentDirectory, path, LookupFlags.None, result);

    /// <summary>fstat(2).</summary>
    [Syscall("fstat")]
    public static SysResult FileStat(Task task, int fd, GuestPtr<FileStatus> result)
    {
        using FileReference reference = task.Files.BorrowAny(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        return file.GetAttributes(task).TryGet(out InodeAttributes attributes, out Errno error)
            ? CopyOut(task, attributes, result) : error;
    }

    /// <summary>newfstatat(2).</summary>
    [Syscall("newfstatat")]
    public static SysResult StatAt(
        Task task, int directory, GuestString path, GuestPtr<FileStatus> result, AtFlags flags)
    {
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.NoAutomount | AtFlags.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = ReadPath(task, path, flags, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        return bytes.IsEmpty && directory >= 0 && (flags & AtFlags.EmptyPath) != 0
            ? FileStat(task, directory, result)
            : AtPath(task, directory, bytes, GuestPath.LookupFlagsOf(flags), result);
    }

    /// <summary>statx(2).</summary>
    [Syscall("statx")]
    public static SysResult Statx(
        Task task, int directory, GuestString path, AtFlags flags, StatxMask mask,
        GuestPtr<ExtendedStatus> result)
    {
        const AtFlags Known =
            AtFlags.SymlinkNoFollow | AtFlags.NoAutomount | AtFlags.EmptyPath | AtFlags.StatxSyncMask;
        if ((flags & ~Known) != 0 || (mask & StatxMask.Reserved) != 0
            || (flags & AtFlags.StatxSyncMask) == AtFlags.StatxSyncMask)
        {
            return Errno.EINVAL;
        }

        InodeAttributes attributes;
        Location location;
        Errno error = ReadPath(task, path, flags, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        if (bytes.IsEmpty && directory >= 0 && (flags & AtFlags.EmptyPath) != 0)
        {
            using FileReference reference = task.Files.BorrowAny(directory);
            if (reference.File is not { } file)
            {
                return Errno.EBADF;
            }

            if (!file.GetAttributes(task).TryGet(out attributes, out error))
            {
                return error;
            }

            location = GuestPath.Vfs(task).LocationOf(file);
        }
        else
        {
            error = GuestPath.Resolve(task, directory, bytes, GuestPath.LookupFlagsOf(flags), out location);
            if (error != Errno.Success)
            {
                return error;
            }

            error = GetAttributes(task, location.Inode, out attributes);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return result.Write(task.Memory, Convert(task, attributes, location, mask));
    }

    /// <summary>The attributes as struct stat.</summary>
    internal static FileStatus Convert(in InodeAttributes attributes) => new()
    {
        DeviceId = attributes.DeviceId,
        InodeNumber = attributes.InodeNumber,
        LinkCount = attributes.LinkCount,
        Mode = attributes.Mode,
        Uid = attributes.Uid,
        Gid = attributes.Gid,
        SpecialDeviceId = attributes.SpecialDeviceId,
        Size = attributes.Size,
        BlockSize = attributes.BlockSize,
        Blocks = attributes.Blocks,
        AccessTime = attributes.AccessTime,
        ModifyTime = attributes.ModifyTime,
        ChangeTime = attributes.ChangeTime,
    };

    private static ExtendedStatus Convert(Task task, in InodeAttributes attributes, Location location,
        StatxMask wanted)
    {
        bool isUnique = (wanted & StatxMask.UniqueMountId) != 0;
        bool hasBirth = attributes.BirthTime != default;
        return new ExtendedStatus
        {
            Mask = StatxMask.BasicStats | (isUnique ? StatxMask.UniqueMountId : StatxMask.MountId)
                | (hasBirth ? StatxMask.BirthTime : 0),
            BlockSize = (uint)attributes.BlockSize,
            Attributes = location.IsMountRoot ? StatxAttributes.MountRoot : 0,
            AttributesMask = StatxAttributes.MountRoot,
            LinkCount = attributes.LinkCount,
            Uid = task.ShowUid(attributes.Uid),
            Gid = task.ShowGid(attributes.Gid),
            Mode = (ushort)attributes.Mode,
            InodeNumber = attributes.InodeNumber,
            Size = attributes.Size,
            Blocks = attributes.Blocks,
            AccessTime = Time(attributes.AccessTime),
            BirthTime = Time(attributes.BirthTime),
            ChangeTime = Time(attributes.ChangeTime),
            ModifyTime = Time(attributes.ModifyTime),
            SpecialDeviceMajor = DeviceNumber.Major(attributes.SpecialDeviceId),
            SpecialDeviceMinor = DeviceNumber.Minor(attributes.SpecialDeviceId),
            DeviceMajor = DeviceNumber.Major(attributes.DeviceId),
            DeviceMinor = DeviceNumber.Minor(attributes.DeviceId),
            MountId = isUnique ? location.Mount.UniqueId : (ulong)location.Mount.Id,
        };
    }

    private static StatxTimestamp Time(Timespec time) => new(time.Seconds, (uint)time.Nanoseconds, 0);

    private static SysResult AtPath(
        Task task, int directory, GuestString path, LookupFlags flags, GuestPtr<FileStatus> result)
    {
        Errno error = GuestPath.Read(task, path, out ReadOnlySpan<byte> bytes);
        return error == Errno.Success ? AtPath(task, directory, bytes, flags, result) : error;
    }

    private static SysResult AtPath(
        Task task, int directory, ReadOnlySpan<byte> path, LookupFlags flags, GuestPtr<FileStatus> result)
    {
        Errno error = GuestPath.Resolve(task, directory, path, flags, out Location location);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GetAttributes(task, location.Inode, out InodeAttributes attributes);
        return error == Errno.Success ? CopyOut(task, attributes, result) : error;
    }

    private static Errno GetAttributes(Task task, Inode inode, out InodeAttributes attributes)
    {
        Errno error = inode.FileSystem.IsServed ? inode.Refresh(task, forPermission: false) : Errno.Success;
        attributes = default;
        return error == Errno.Success ? inode.GetAttributes(out attributes) : error;
    }

    private static SysResult CopyOut(Task task, in InodeAttributes attributes, GuestPtr<FileStatus> result)
    {
        FileStatus stat = Convert(attributes);
        if (!task.Credentials.Space.IsInitial)
        {
            stat.Uid = task.ShowUid(stat.Uid);
            stat.Gid = task.ShowGid(stat.Gid);
        }

        return result.Write(task.Memory, stat);
    }

    /// <summary>With AT_EMPTY_PATH a null pointer means the same as "".</summary>
    private static Errno ReadPath(Task task, GuestString path, AtFlags flags, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return path.IsNull && (flags & AtFlags.EmptyPath) != 0
            ? Errno.Success : GuestPath.Read(task, path, out bytes);
    }
}
