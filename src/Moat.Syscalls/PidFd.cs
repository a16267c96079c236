// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.FileSystems.Proc;
using Moat.FileSystems.Processes;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2).</summary>
public static class PidFd
{
    /// <summary>pidfd_open(2). A thread that does not lead its process needs PIDFD_THREAD: ENOENT.</summary>
    [Syscall("pidfd_open")]
    public static SysResult Open(Task task, int pid, PidFdFlags flags)
    {
        if ((flags & ~(PidFdFlags.Thread | PidFdFlags.NonBlock)) != 0 || pid <= 0)
        {
            return Errno.EINVAL;
        }

        bool isThread = (flags & PidFdFlags.Thread) != 0;
        Task? target = isThread ? null : task.FindProcess(pid)?.Leader;
        if (target is null)
        {
            target = task.FindTask(pid);
            if (target is null || !isThread)
            {
                return target is null ? Errno.ESRCH : Errno.ENOENT;
            }
        }

        var file = new PidFile(task, target, isThread, (flags & PidFdFlags.NonBlock) != 0);
        return task.Files.Install(file, closeOnExec: true);
    }

    /// <summary>pidfd_send_signal(2).</summary>
    [Syscall("pidfd_send_signal")]
    public static SysResult SendSignal(
        Task task, int fd, int signal, GuestPtr<SigInfo> pointer, PidFdSignalFlags flags)
    {
        if (flags is not (0 or PidFdSignalFlags.Thread or PidFdSignalFlags.ThreadGroup
            or PidFdSignalFlags.ProcessGroup))
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        var pidFile = reference.File as PidFile;
        // An open /proc/PID does as well.
        ThreadGroup? process = pidFile?.Process
            ?? (reference.File is { } file ? ProcessDirectories.ProcessOf(file) : null);
        if (process is null)
        {
            return Errno.EBADF;
        }

        bool toThread = flags == PidFdSignalFlags.Thread || (flags == 0 && pidFile?.Thread is not null);
        SigInfo info = Kill.From(task, signal, toThread ? SigInfo.SI_TKILL : SigInfo.SI_USER);
        if (!pointer.IsNull)
        {
            Errno error = ReadInfo(task, process, signal, pointer, out info);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        if (process.State == ProcessState.Dead)
        {
            return Errno.ESRCH;
        }

        // Only what the caller's PID namespace can see.
        if (!task.PidSpace.IsAbove(process.PidSpace))
        {
            return Errno.EINVAL;
        }

        if (flags == PidFdSignalFlags.ProcessGroup)
        {
            return Kill.SendToGroup(task, process.ProcessGroup.Id, info);
        }

        return toThread
            ? Kill.SendToThread(task, pidFile?.Thread ?? process.Leader, info)
            : Kill.SendTo(task, process, info);
    }

    /// <summary>pidfd_getfd(2): a copy of another process's descriptor, for who may trace it.</summary>
    [Syscall("pidfd_getfd")]
    public static SysResult GetFd(Task task, int fd, int targetFd, uint flags)
    {
        if (flags != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not PidFile file)
        {
            return Errno.EBADF;
        }

        Task target = file.Thread ?? file.Process.Leader;
        if (file.Process.State is ProcessState.Zombie or ProcessState.Dead || target.Files is null)
        {
            return Errno.ESRCH;
        }

        if (!TaskAccess.MayInspect(task, target))
        {
            return Errno.EPERM;
        }

        using FileReference theirs = target.Files.BorrowAny(targetFd);
        if (theirs.File is null)
        {
            return Errno.EBADF;
        }

        theirs.File.AddReference();
        Result<int> installed = task.Files.Install(theirs.File, closeOnExec: true);
        if (!installed.IsOk)
        {
            theirs.File.Release();
        }

        return installed;
    }

    private static Errno ReadInfo(
        Task task, ThreadGroup process, int signal, GuestPtr<SigInfo> pointer, out SigInfo info)
    {
        Errno error = QueuedInfo.Read(task, pointer.Address, signal, out info);
        if (error != Errno.Success)
        {
            return error;
        }

        return info.Number == signal ? Kill.CheckInfo(task, process == task.Group, ref info) : Errno.EINVAL;
    }
}
