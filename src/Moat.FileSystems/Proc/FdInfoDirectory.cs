// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Events;
using Moat.Vfs.Generated;
using Moat.Vfs.Notify;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/fdinfo: position and flags of each open descriptor.</summary>
internal sealed class FdInfoDirectory(ProcContext context, Task task) : DynamicDirectory(context.FileSystem)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        return FdDirectory.TryOpenFd(task, name, out int fd, out _)
            ? new ProcessFile(context, task, 0x124, isPrivate: true,
            (_, target, writer) => Write(context, target, fd, writer))
            : Errno.ENOENT;
    }

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        FdDirectory.List(task, listing, FileType.Regular, 0x8000);
        return Errno.Success;
    }

    private static void Write(ProcContext context, Task task, int fd, ContentWriter writer)
    {
        if (task.Files is not { } files)
        {
            return;
        }

        using FileReference reference = files.BorrowAny(fd);
        if (reference.File is not { } file)
        {
            return;
        }

        long position = file.WaitQueue is null && file.Seek(task, 0, 1).TryGet(out long at, out _) ? at : 0;
        bool marked = files.GetCloseOnExec(fd).TryGet(out bool closeOnExec, out _) && closeOnExec;
        int flags = (int)file.Flags | (marked ? (int)OpenFlags.CloseOnExec : 0);
        ulong inode = file.GetAttributes().TryGet(out InodeAttributes attributes, out _)
            ? attributes.InodeNumber : 0;
        writer.Append(
            $"pos:\t{position}\nflags:\t0{Convert.ToString(flags, 8)}\nmnt_id:\t"
                + $"{file.Location?.Mount.Id ?? 15}\n");
        writer.Append($"ino:\t{inode}\n");
        FdInfoLocks.Write(context, files, file, writer);
        switch (file)
        {
            case EventFile counter:
                writer.Append($"eventfd-count: {counter.Count,16:x}\n");
                break;
            case EpollFile epoll:
                foreach ((int watched, uint events, ulong data) in epoll.Describe())
                {
                    writer.Append(
                        $"tfd: {watched,8} events: {events,8:x} data: {data,16:x}  pos:0 ino:0 sdev:0\n");
                }

                break;
            case InotifyFile instance:
                foreach ((int watch, InotifyMask mask, Inode target) in instance.Describe())
                {
                    _ = target.GetAttributes(out InodeAttributes watched);
                    writer.Append($"inotify wd:{watch:x} ino:{watched.InodeNumber:x} "
                        + $"sdev:{watched.DeviceId:x} mask:{(uint)(mask & InotifyMask.AllEvents):x} "
                        + "ignored_mask:0\n");
                }

                break;
        }
    }
}
