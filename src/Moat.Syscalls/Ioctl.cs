// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>ioctl(2): what every file understands; the rest is the file's own.</summary>
public static class Ioctl
{
    private const uint FioClear = 0x5450;
    private const uint FioSet = 0x5451;
    private const uint FioNonBlock = 0x5421;
    private const uint FioAsync = 0x5452;
    private const uint FioRead = 0x541b;
    private const int SeekFromCurrent = 1;

    /// <summary>ioctl(2).</summary>
    [Syscall("ioctl")]
    public static SysResult Control(Task task, int fd, uint command, ulong argument)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        return command switch
        {
            FioClear => task.Files.SetCloseOnExec(fd, false),
            FioSet => task.Files.SetCloseOnExec(fd, true),
            FioNonBlock => SetFlag(task, file, OpenFlags.NonBlock, argument),
            FioAsync => SetAsync(task, file, fd, argument),
            FioRead when IsRegular(file) => WriteUnread(task, file, argument),
            _ => file.Ioctl(task, command, argument),
        };
    }

    private static bool IsRegular(OpenFile file) =>
        file.GetAttributes().TryGet(out InodeAttributes attributes, out _)
        && StatMode.TypeOf(attributes.Mode) == FileType.Regular;

    // FIONREAD of a regular file: how far its end is (fs/ioctl.c, file_ioctl).
    private static SysResult WriteUnread(Task task, OpenFile file, ulong argument)
    {
        if (!file.GetAttributes().TryGet(out InodeAttributes attributes, out Errno error)
            || !file.Seek(task, 0, SeekFromCurrent).TryGet(out long position, out error))
        {
            return error;
        }

        return task.Memory.Write(argument, (int)(attributes.Size - position));
    }

    private static SysResult SetAsync(Task task, OpenFile file, int fd, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out int on);
        return error != Errno.Success ? error : AsyncSignal.Set(task, file, fd, on != 0);
    }

    private static SysResult SetFlag(Task task, OpenFile file, OpenFlags flag, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out int on);
        return error != Errno.Success
            ? error : file.SetFlags(on != 0 ? file.Flags | flag : file.Flags & ~flag);
    }
}
