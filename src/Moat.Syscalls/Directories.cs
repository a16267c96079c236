// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Syscalls.Transfer;
using Moat.Vfs;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>getdents(2), chdir(2), getcwd(2), chroot(2).</summary>
public static class Directories
{
    private const int CurrentDirectory = -100;
    private const int MaximumListing = 65536;

    // offsetof(struct linux_dirent64, d_name)
    private const int NameOffset = 19;

    /// <summary>getdents64(2).</summary>
    [Syscall("getdents64")]
    public static SysResult List(Task task, int fd, GuestBuffer buffer, uint count) =>
        List(task, fd, buffer, count, old: false);

    /// <summary>getdents(2).</summary>
    [Syscall("getdents")]
    public static SysResult ListOld(Task task, int fd, GuestBuffer buffer, uint count) =>
        List(task, fd, buffer, count, old: true);

    /// <summary>getcwd(2): the length with its NUL.</summary>
    [Syscall("getcwd")]
    public static SysResult GetWorkingDirectory(Task task, GuestBuffer buffer, ulong size)
    {
        Location place = task.FileSystem.WorkingDirectory;
        if (place.Dentry.IsDeleted)
        {
            return Errno.ENOENT;
        }

        byte[] path = PathFormatter.FormatReachable(place, task.FileSystem.Root, out bool reachable);
        ReadOnlySpan<byte> prefix = reachable ? default : "(unreachable)"u8;
        int length = prefix.Length + path.Length + 1;
        if (length > PathWalker.MaxPath)
        {
            return Errno.ENAMETOOLONG;
        }

        if ((ulong)length > size)
        {
            return Errno.ERANGE;
        }

        Span<byte> text = stackalloc byte[length];
        prefix.CopyTo(text);
        path.CopyTo(text[prefix.Length..]);
        text[^1] = 0;
        Errno error = task.Memory.Write(buffer.Address, text);
        return error == Errno.Success ? length : error;
    }

    /// <summary>chdir(2).</summary>
    [Syscall("chdir")]
    public static SysResult ChangeDirectory(Task task, GuestString path)
    {
        Errno error = ResolveDirectory(task, path, out Location place);
        if (error == Errno.Success)
        {
            task.FileSystem.WorkingDirectory = place;
        }

        return error;
    }

    /// <summary>fchdir(2).</summary>
    [Syscall("fchdir")]
    public static SysResult ChangeToFile(Task task, int fd)
    {
        using FileReference reference = task.Files.BorrowAny(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        if (file.Location is not { } place || !place.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Errno error = Permissions.Check(task.Credentials, place.Inode, Vfs.Paths.Access.Execute);
        if (error == Errno.Success)
        {
            task.FileSystem.WorkingDirectory = place;
        }

        return error;
    }

    /// <summary>chroot(2).</summary>
    [Syscall("chroot")]
    public static SysResult ChangeRoot(Task task, GuestString path)
    {
        Errno error = ResolveDirectory(task, path, out Location place);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!task.Credentials.HasOwn(Capability.SysChroot))
        {
            return Errno.EPERM;
        }

        task.FileSystem.Root = place;
        return 0;
    }

    private static Errno ResolveDirectory(Task task, GuestString path, out Location place)
    {
        Errno error = GuestPath.Resolve(
            task, CurrentDirectory, path, LookupFlags.Follow | LookupFlags.Directory, out place);
        return error == Errno.Success
            ? Permissions.Check(task.Credentials, place.Inode, Vfs.Paths.Access.Execute) : error;
    }

    private static SysResult List(Task task, int fd, GuestBuffer buffer, uint count, bool old)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        Errno error = FilePermission.ToRead(task, file);
        if (error != Errno.Success)
        {
            return error;
        }

        long before = file.Seek(task, 0, 1) is { IsOk: true } position ? position.Value : 0;
        using var staging = new StagingBuffer((int)Math.Min(count, MaximumListing));
        var writer = new DirectoryEntryWriter(staging.Span);
        error = file.ReadDirectory(task, ref writer);
        if (error != Errno.Success)
        {
            return error;
        }

        FileNotify.Accessed(file);
        Span<byte> entries = staging.Span[..writer.Length];
        if (old)
        {
            ConvertToOld(entries);
        }

        int written = task.Memory.WritePartial(buffer.Address, entries);
        if (written == entries.Length)
        {
            return written;
        }

        int whole = CountWhole(entries, written, old, ref before);
        _ = file.Seek(task, before, 0);
        return whole > 0 ? whole : Errno.EFAULT;
    }

    /// <summary>
    /// How much of a listing that could not be written to its end are whole entries: only a new entry's
    /// padding may be missing. The position becomes that after them.
    /// </summary>
    private static int CountWhole(ReadOnlySpan<byte> entries, int written, bool old, ref long position)
    {
        int whole = 0;
        while (whole < entries.Length)
        {
            ReadOnlySpan<byte> entry = entries[whole..];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(entry[16..]);
            int needed = old ? size : NameOffset + entry[NameOffset..size].IndexOf((byte)0) + 1;
            if (whole + needed > written)
            {
                break;
            }

            position = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
            whole += size;
        }

        return whole;
    }

    /// <summary>
    /// struct linux_dirent has the type in its last byte, and the name one byte earlier; sizes are the same.
    /// </summary>
    private static void ConvertToOld(Span<byte> entries)
    {
        while (!entries.IsEmpty)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
            byte type = entries[18];
            entries[19..size].CopyTo(entries[18..]);
            entries[size - 1] = type;
            entries = entries[size..];
        }
    }
}
