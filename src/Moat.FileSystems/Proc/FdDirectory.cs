// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/fd: a magic link per open descriptor.</summary>
internal sealed class FdDirectory(ProcContext context, Task task)
    : DynamicDirectory(context.FileSystem, 0x140)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    // Since 6.2 st_size tells how many descriptors are open (proc(5)).
    protected override long Size => task.Files?.OpenCount ?? 0;

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        return TryOpenFd(task, name, out int fd, out OpenFlags flags)
            ? new FdLink(context, task, fd, flags) : Errno.ENOENT;
    }

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        List(task, listing, FileType.Symlink, 0x4000);
        return Errno.Success;
    }

    /// <summary>Parses a descriptor number and looks whether it is open.</summary>
    internal static bool TryOpenFd(Task task, ReadOnlySpan<byte> name, out int fd, out OpenFlags flags)
    {
        flags = 0;
        fd = 0;
        bool isNumber = (name.Length == 1 && name[0] == (byte)'0') || ProcRoot.TryParseId(name, out fd);
        if (!isNumber || task.Files is not { } files)
        {
            return false;
        }

        using FileReference reference = files.BorrowAny(fd);
        flags = reference.File?.Flags ?? 0;
        return reference.File is not null;
    }

    /// <summary>Lists the open descriptors.</summary>
    internal static void List(Task task, DirectoryListing listing, FileType type, int inodeBase)
    {
        if (task.Files is not { } files)
        {
            return;
        }

        Span<byte> name = stackalloc byte[12];
        for (int fd = files.NextOpen(0); fd >= 0; fd = files.NextOpen(fd + 1))
        {
            fd.TryFormat(name, out int length);
            listing.Add(name[..length], ProcInodes.Of(task.ThreadId, inodeBase + (fd & 0x3fff)), type);
        }
    }
}
