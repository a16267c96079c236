// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.FileSystems.MessageQueues;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Landlock;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>
/// mq_open(2), mq_unlink(2), mq_timedsend(2), mq_timedreceive(2), mq_notify(2), mq_getsetattr(2).
/// </summary>
public static class QueueCalls
{
    private const int MaximumName = 255;
    private const int CookieBytes = 32;

    /// <summary>mq_open(2): the name comes without its slash, and descriptors are close-on-exec.</summary>
    [Syscall("mq_open")]
    public static SysResult Open(
        Task task, GuestString name, OpenFlags flags, uint mode, GuestPtr<QueueAttributes> attributes)
    {
        QueueAttributes? wanted = null;
        if (!attributes.IsNull)
        {
            Errno fault = attributes.Read(task.Memory, out QueueAttributes value);
            if (fault != Errno.Success)
            {
                return fault;
            }

            wanted = value;
        }

        Errno error = ReadName(task, name, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        QueueFileSystem files = FilesOf(task);
        bool created = false;
        if ((flags & OpenFlags.Create) != 0)
        {
            error = files.Directory.TryAdd(
                task, bytes, mode & StatMode.PermissionMask & ~task.FileSystem.Umask, wanted, out _);
            created = error == Errno.Success;
            if (error == Errno.EEXIST && (flags & OpenFlags.Exclusive) == 0)
            {
                error = Errno.Success;
            }

            if (error != Errno.Success)
            {
                return error;
            }
        }

        if (!DentryCache.Lookup(task, files.Top.Dentry, bytes).TryGet(out Dentry? dentry, out error))
        {
            return error;
        }

        Location place = files.Top with { Dentry = dentry };
        const OpenFlags Kept = OpenFlags.AccessMode | OpenFlags.NonBlock;
        if ((flags & OpenFlags.AccessMode) == OpenFlags.AccessMode)
        {
            return Errno.EINVAL;
        }

        error = created
            ? LandlockChecks.CheckOpen(task.Credentials, place, flags & Kept, out _) : Errno.Success;
        if (error != Errno.Success)
        {
            return error;
        }

        Result<OpenFile> opened = created
            ? place.Inode.Open(task, place, flags & Kept)
            : FileOpener.OpenAt(task, place, flags & Kept);
        return opened.TryGet(out OpenFile? file, out error)
            ? task.Files.Install(file, closeOnExec: true) : error;
    }

    /// <summary>mq_unlink(2).</summary>
    [Syscall("mq_unlink")]
    public static SysResult Unlink(Task task, GuestString name)
    {
        Errno error = ReadName(task, name, out ReadOnlySpan<byte> bytes);
        return error != Errno.Success ? error
            : NameOperations.Remove(task, FilesOf(task).Top, bytes, directory: false);
    }

    /// <summary>mq_timedsend(2).</summary>
    [Syscall("mq_timedsend")]
    public static SysResult Send(
        Task task, int fd, GuestBuffer text, ulong length, uint priority, GuestPtr<Timespec> timeout)
    {
        Errno error = ReadDeadline(task, timeout, out Deadline deadline);
        if (error != Errno.Success)
        {
            return error;
        }

        if (priority >= PosixQueueLimits.MaximumPriority)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not QueueFile { CanWrite: true } file)
        {
            return Errno.EBADF;
        }

        if (length > (ulong)file.Queue.MessageSize)
        {
            return Errno.EMSGSIZE;
        }

        byte[] message = new byte[length];
        error = task.Memory.Read(text.Address, message);
        return error != Errno.Success ? error
            : QueueSend.Run(task, file.Queue, message, priority, !file.IsNonBlocking, deadline);
    }

    /// <summary>mq_timedreceive(2).</summary>
    [Syscall("mq_timedreceive")]
    public static SysResult Receive(
        Task task, int fd, GuestBuffer buffer, ulong length, GuestPtr<uint> priority,
        GuestPtr<Timespec> timeout)
    {
        Errno error = ReadDeadline(task, timeout, out Deadline deadline);
        if (error != Errno.Success)
        {
            return error;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not QueueFile { CanRead: true } file)
        {
            return Errno.EBADF;
        }

        if (length < (ulong)file.Queue.MessageSize)
        {
            return Errno.EMSGSIZE;
        }

        error = QueueReceive.Run(task, file.Queue, !file.IsNonBlocking, deadline, out uint got,
            out byte[] text);
        if (error == Errno.Success && !priority.IsNull)
        {
            error = priority.Write(task.Memory, got);
        }

        error = error == Errno.Success ? task.Memory.Write(buffer.Address, text) : error;
        return error != Errno.Success ? error : text.Length;
    }

    /// <summary>mq_notify(2). SIGEV_THREAD needs a netlink socket, which cannot be had.</summary>
    [Syscall("mq_notify")]
    public static SysResult Notify(Task task, int fd, GuestPtr<SignalEvent> notification)
    {
        SignalEvent wanted = default;
        Errno error = notification.IsNull ? Errno.Success : notification.Read(task.Memory, out wanted);
        if (error == Errno.Success && !notification.IsNull)
        {
            error = CheckNotification(task, in wanted);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not QueueFile file)
        {
            return Errno.EBADF;
        }

        if (!notification.IsNull)
        {
            return file.Queue.Notify(task.Group, in wanted);
        }

        file.Queue.EndNotify(task.Group);
        return 0;
    }

    /// <summary>mq_getsetattr(2).</summary>
    [Syscall("mq_getsetattr")]
    public static SysResult GetSetAttributes(
        Task task, int fd, GuestPtr<QueueAttributes> wanted, GuestPtr<QueueAttributes> old)
    {
        QueueAttributes value = default;
        if (!wanted.IsNull)
        {
            Errno error = wanted.Read(task.Memory, out value);
            if (error != Errno.Success || (value.Flags & ~(long)OpenFlags.NonBlock) != 0)
            {
                return error != Errno.Success ? error : Errno.EINVAL;
            }
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not QueueFile file)
        {
            return Errno.EBADF;
        }

        QueueAttributes present = file.Queue.GetAttributes();
        present.Flags = (long)(file.Flags & OpenFlags.NonBlock);
        if (!wanted.IsNull)
        {
            Errno error = file.SetFlags(
                (file.Flags & ~OpenFlags.NonBlock) | (OpenFlags)(int)value.Flags);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return old.IsNull ? 0 : (SysResult)old.Write(task.Memory, in present);
    }

    private static QueueFileSystem FilesOf(Task task) =>
        QueueFileSystem.Of(task.FileSystem.Root.Mount.FileSystem.Vfs, task.Ipc);

    // One component; what else there is below the directory is nobody's to name.
    private static Errno ReadName(Task task, GuestString name, out ReadOnlySpan<byte> bytes)
    {
        Errno error = GuestPath.Read(task, name, out bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        if (bytes.IsEmpty)
        {
            return Errno.ENOENT;
        }

        bool isOdd = bytes.SequenceEqual("."u8) || bytes.SequenceEqual(".."u8) || bytes.Contains((byte)'/');
        return isOdd ? Errno.EACCES : bytes.Length > MaximumName ? Errno.ENAMETOOLONG : Errno.Success;
    }

    private static Errno ReadDeadline(Task task, GuestPtr<Timespec> timeout, out Deadline deadline)
    {
        deadline = Deadline.Never;
        if (timeout.IsNull)
        {
            return Errno.Success;
        }

        Errno error = timeout.Read(task.Memory, out Timespec time);
        if (error != Errno.Success || !time.IsValid)
        {
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        deadline = Deadline.AtRealtime(time.ToNanoseconds());
        return Errno.Success;
    }

    private static Errno CheckNotification(Task task, in SignalEvent wanted)
    {
        switch (wanted.Notify)
        {
            case SignalEvent.SIGEV_NONE:
                return Errno.Success;
            case SignalEvent.SIGEV_SIGNAL:
                return wanted.Number is >= 0 and <= 64 ? Errno.Success : Errno.EINVAL;
            case SignalEvent.SIGEV_THREAD:
                Span<byte> cookie = stackalloc byte[CookieBytes];
                if (task.Memory.Read(wanted.Value, cookie) != Errno.Success)
                {
                    return Errno.EFAULT;
                }

                using (FileReference socket = task.Files.Borrow(wanted.Number))
                {
                    return socket.File is null ? Errno.EBADF
                        : socket.File is Moat.Sockets.Socket ? Errno.EINVAL : Errno.ENOTSOCK;
                }

            default:
                return Errno.EINVAL;
        }
    }
}
