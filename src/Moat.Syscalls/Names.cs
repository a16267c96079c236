// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>
/// mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rmdir(2), rename(2) and their *at forms.
/// </summary>
public static class Names
{
    private const int CurrentDirectory = -100;

    /// <summary>mkdir(2).</summary>
    [Syscall("mkdir")]
    public static SysResult MakeDirectory(Task task, GuestString path, uint mode) =>
        MakeDirectoryAt(task, CurrentDirectory, path, mode);

    /// <summary>mkdirat(2).</summary>
    [Syscall("mkdirat")]
    public static SysResult MakeDirectoryAt(Task task, int directory, GuestString path, uint mode) =>
        Make(task, directory, path, FileType.Directory, mode & 0x3ff, 0, default);

    /// <summary>mknod(2).</summary>
    [Syscall("mknod")]
    public static SysResult MakeNode(Task task, GuestString path, uint mode, uint device) =>
        MakeNodeAt(task, CurrentDirectory, path, mode, device);

    /// <summary>mknodat(2).</summary>
    [Syscall("mknodat")]
    public static SysResult MakeNodeAt(Task task, int directory, GuestString path, uint mode, uint device)
    {
        FileType type = StatMode.TypeOf(mode);
        switch (type)
        {
            case FileType.None:
                type = FileType.Regular;
                break;
            case FileType.Regular or FileType.Fifo or FileType.Socket or FileType.CharacterDevice
                or FileType.BlockDevice:
                break;
            case FileType.Directory:
                return Errno.EPERM;
            default:
                return Errno.EINVAL;
        }

        bool isDevice = type is FileType.CharacterDevice or FileType.BlockDevice;
        return Make(task, directory, path, type, mode, isDevice ? device : 0, default);
    }

    /// <summary>symlink(2).</summary>
    [Syscall("symlink")]
    public static SysResult Symlink(Task task, GuestString target, GuestString path) =>
        SymlinkAt(task, target, CurrentDirectory, path);

    /// <summary>symlinkat(2).</summary>
    [Syscall("symlinkat")]
    public static SysResult SymlinkAt(Task task, GuestString target, int directory, GuestString path)
    {
        Errno error = GuestPath.ReadSecond(task, target, out ReadOnlySpan<byte> content);
        if (error != Errno.Success)
        {
            return error;
        }

        return content.IsEmpty
            ? Errno.ENOENT : Make(task, directory, path, FileType.Symlink, 0x1ff, 0, content);
    }

    /// <summary>link(2).</summary>
    [Syscall("link")]
    public static SysResult Link(Task task, GuestString oldPath, GuestString newPath) =>
        LinkAt(task, CurrentDirectory, oldPath, CurrentDirectory, newPath, AtFlags.None);

    /// <summary>linkat(2).</summary>
    [Syscall("linkat")]
    public static SysResult LinkAt(
        Task task, int oldDirectory, GuestString oldPath, int newDirectory, GuestString newPath,
        AtFlags flags)
    {
        if ((flags & ~(AtFlags.SymlinkFollow | AtFlags.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        if ((flags & AtFlags.EmptyPath) != 0 && !task.Credentials.Has(Capability.DacReadSearch))
        {
            return Errno.ENOENT;
        }

        LookupFlags lookup = ((flags & AtFlags.SymlinkFollow) != 0 ? LookupFlags.Follow : LookupFlags.None)
            | ((flags & AtFlags.EmptyPath) != 0 ? LookupFlags.EmptyPath : LookupFlags.None);
        Errno error = GuestPath.Resolve(task, oldDirectory, oldPath, lookup, out Location source);
        if (error == Errno.Success)
        {
            error = GuestPath.Read(task, newPath, out ReadOnlySpan<byte> path);
            if (error == Errno.Success)
            {
                error = GuestPath.Start(task, newDirectory, path, out Location start);
                return error == Errno.Success ? NameOperations.Link(task, source, start, path) : error;
            }
        }

        return error;
    }

    /// <summary>unlink(2).</summary>
    [Syscall("unlink")]
    public static SysResult Unlink(Task task, GuestString path) =>
        Remove(task, CurrentDirectory, path, false);

    /// <summary>rmdir(2).</summary>
    [Syscall("rmdir")]
    public static SysResult RemoveDirectory(Task task, GuestString path) =>
        Remove(task, CurrentDirectory, path, true);

    /// <summary>unlinkat(2).</summary>
    [Syscall("unlinkat")]
    public static SysResult UnlinkAt(Task task, int directory, GuestString path, AtFlags flags) =>
        (flags & ~AtFlags.RemoveDirectoryOrEffectiveAccess) != 0
            ? Errno.EINVAL
            : Remove(task, directory, path, (flags & AtFlags.RemoveDirectoryOrEffectiveAccess) != 0);

    /// <summary>rename(2).</summary>
    [Syscall("rename")]
    public static SysResult Rename(Task task, GuestString oldPath, GuestString newPath) =>
        RenameAt2(task, CurrentDirectory, oldPath, CurrentDirectory, newPath, RenameFlags.None);

    /// <summary>renameat(2).</summary>
    [Syscall("renameat")]
    public static SysResult RenameAt(
        Task task, int oldDirectory, GuestString oldPath, int newDirectory, GuestString newPath) =>
        RenameAt2(task, oldDirectory, oldPath, newDirectory, newPath, RenameFlags.None);

    /// <summary>renameat2(2).</summary>
    [Syscall("renameat2")]
    public static SysResult RenameAt2(
        Task task, int oldDirectory, GuestString oldPath, int newDirectory, GuestString newPath,
        RenameFlags flags)
    {
        Errno error = GuestPath.Read(task, oldPath, out ReadOnlySpan<byte> from);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GuestPath.ReadSecond(task, newPath, out ReadOnlySpan<byte> to);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GuestPath.Start(task, oldDirectory, from, out Location oldStart);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GuestPath.Start(task, newDirectory, to, out Location newStart);
        return error == Errno.Success
            ? RenameOperation.Rename(task, oldStart, from, newStart, to, flags) : error;
    }

    private static SysResult Make(
        Task task, int directory, GuestString path, FileType type, uint mode, ulong device,
        ReadOnlySpan<byte> linkTarget)
    {
        Errno error = GuestPath.Read(task, path, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GuestPath.Start(task, directory, bytes, out Location start);
        return error == Errno.Success
            ? NameOperations.Make(task, start, bytes, type, mode, device, linkTarget).Error : error;
    }

    private static SysResult Remove(Task task, int directory, GuestString path, bool isDirectory)
    {
        Errno error = GuestPath.Read(task, path, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GuestPath.Start(task, directory, bytes, out Location start);
        return error == Errno.Success ? NameOperations.Remove(task, start, bytes, isDirectory) : error;
    }
}
