// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>open(2), openat(2), openat2(2), creat(2).</summary>
public static class Open
{
    private const int CurrentDirectory = -100;
    private const OpenFlags TemporaryBit = (OpenFlags)0x400000;

    private const OpenFlags Known = OpenFlags.AccessMode | OpenFlags.CreationFlags | OpenFlags.Append
        | OpenFlags.NonBlock | OpenFlags.Sync | OpenFlags.Async | OpenFlags.Direct | OpenFlags.LargeFile
        | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.NoAccessTime | OpenFlags.Path | TemporaryBit;

    private const OpenFlags WithPath = OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow
        | OpenFlags.CloseOnExec;

    /// <summary>open(2).</summary>
    [Syscall("open")]
    public static SysResult OpenPath(Task task, GuestString path, OpenFlags flags, uint mode) =>
        OpenAt(task, CurrentDirectory, path, flags, mode);

    /// <summary>creat(2).</summary>
    [Syscall("creat")]
    public static SysResult Create(Task task, GuestString path, uint mode) =>
        OpenAt(task, CurrentDirectory, path, OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.Truncate,
            mode);

    /// <summary>openat(2); unknown flags are ignored.</summary>
    [Syscall("openat")]
    public static SysResult OpenAt(Task task, int directory, GuestString path, OpenFlags flags, uint mode)
    {
        mode &= StatMode.PermissionMask;
        return Checked(task, directory, path, Meant(flags), mode, ResolveFlags.None);
    }

    /// <summary>openat2(2).</summary>
    [Syscall("openat2")]
    public static SysResult OpenAt2(Task task, int directory, GuestString path, GuestBuffer how, ulong size)
    {
        const ulong OldestSize = 24;
        if (size < OldestSize)
        {
            return Errno.EINVAL;
        }

        if (size > 4096)
        {
            return Errno.E2BIG;
        }

        Span<byte> bytes = stackalloc byte[(int)size];
        Errno error = task.Memory.Read(how.Address, bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        if (bytes[(int)OldestSize..].IndexOfAnyExcept((byte)0) >= 0)
        {
            return Errno.E2BIG;
        }

        OpenHow wanted = System.Runtime.InteropServices.MemoryMarshal.Read<OpenHow>(bytes);
        var flags = (OpenFlags)(int)wanted.Flags;
        bool creates = (flags & OpenFlags.Create) != 0 || (flags & TemporaryBit) != 0;
        const ResolveFlags Roots = ResolveFlags.Beneath | ResolveFlags.InRoot;
        var resolve = (ResolveFlags)wanted.Resolve;
        if (wanted.Flags > int.MaxValue || (flags & ~Known) != 0 || (resolve & ~ResolveFlags.All) != 0
            || (resolve & Roots) == Roots
            || ((flags & OpenFlags.Path) != 0 && (flags & ~WithPath) != 0)
            || (creates ? wanted.Mode > StatMode.PermissionMask : wanted.Mode != 0))
        {
            return Errno.EINVAL;
        }

        if ((resolve & ResolveFlags.Cached) != 0)
        {
            // "Only if it needs no waiting": this kernel cannot promise that, and may always say so.
            return creates || (flags & OpenFlags.Truncate) != 0 ? Errno.EINVAL : Errno.EAGAIN;
        }

        return Checked(task, directory, path, flags, (uint)wanted.Mode, resolve);
    }

    /// <summary>What open(2) makes of its flags where no file is named by a path.</summary>
    internal static OpenFlags Normalise(OpenFlags flags)
    {
        flags = Meant(flags);
        return (flags & OpenFlags.Path) != 0 ? flags : flags | OpenFlags.LargeFile;
    }

    private static OpenFlags Meant(OpenFlags flags) =>
        flags & ((flags & OpenFlags.Path) != 0 ? WithPath : Known);

    private static SysResult Checked(
        Task task, int directory, GuestString path, OpenFlags flags, uint mode, ResolveFlags resolve)
    {
        if ((flags & TemporaryBit) != 0)
        {
            bool writes = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
            if (!writes || (flags & OpenFlags.Directory) == 0 || (flags & OpenFlags.Create) != 0)
            {
                return Errno.EINVAL;
            }
        }
        else if (
            (flags & (OpenFlags.Create | OpenFlags.Directory)) == (OpenFlags.Create | OpenFlags.Directory))
        {
            return Errno.EINVAL;
        }

        if ((flags & OpenFlags.Path) == 0)
        {
            flags |= OpenFlags.LargeFile;
        }

        Errno error = GuestPath.Read(task, path, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        bool closeOnExec = (flags & OpenFlags.CloseOnExec) != 0;
        if (!task.Files.Reserve(closeOnExec).TryGet(out int fd, out error))
        {
            return error;
        }

        error = GuestPath.Start(task, directory, bytes, out Location start);
        Result<OpenFile> opened =
            error == Errno.Success ? FileOpener.Open(task, start, bytes, flags, mode, resolve) : error;
        return Finish(task, fd, opened);
    }

    internal static SysResult Finish(Task task, int fd, Result<OpenFile> opened)
    {
        if (!opened.TryGet(out OpenFile? file, out Errno error))
        {
            task.Files.CancelReservation(fd);
            return error;
        }

        var completion = new OpenOperation(file);
        error = BlockingIo.Run(task, file.WaitQueue, PollEvents.All, ref completion, Deadline.Never).Error;
        if (error != Errno.Success)
        {
            file.Release();
            task.Files.CancelReservation(fd);
            return error;
        }

        if (file is FileSystems.Pipes.FifoFile)
        {
            FileNotify.Opened(file);
        }

        task.Files.Publish(fd, file);
        return fd;
    }
}
