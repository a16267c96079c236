// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>signalfd(2).</summary>
public static class SignalFd
{
    private const ulong Unblockable = (1UL << 8) | (1UL << 18);

    /// <summary>signalfd(2), the call without flags.</summary>
    [Syscall("signalfd")]
    public static SysResult Create(Task task, int fd, GuestPtr<ulong> mask, ulong size) =>
        Create4(task, fd, mask, size, 0);

    /// <summary>signalfd(2).</summary>
    [Syscall("signalfd4")]
    public static SysResult Create4(Task task, int fd, GuestPtr<ulong> mask, ulong size, OpenFlags flags)
    {
        if (size != 8 || (flags & ~(OpenFlags.CloseOnExec | OpenFlags.NonBlock)) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = mask.Read(task.Memory, out ulong set);
        if (error != Errno.Success)
        {
            return error;
        }

        set &= ~Unblockable;
        if (fd == -1)
        {
            var made = new SignalFile(task, set, (flags & OpenFlags.NonBlock) != 0);
            return task.Files.Install(made, (flags & OpenFlags.CloseOnExec) != 0);
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not SignalFile file)
        {
            return reference.File is null ? Errno.EBADF : Errno.EINVAL;
        }

        file.Mask = set;
        return fd;
    }
}
