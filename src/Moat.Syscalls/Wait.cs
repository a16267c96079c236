// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Abi.Signals;
using Moat.Abi.Wait;
using Moat.Base;
using Moat.FileSystems.Processes;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>wait4(2), waitid(2).</summary>
public static class Wait
{
    private const WaitOptions Wait4Options = WaitOptions.NoHang | WaitOptions.Stopped | WaitOptions.Continued
        | WaitOptions.NoThread | WaitOptions.All | WaitOptions.Clone;

    private const WaitOptions WaitIdOptions = Wait4Options | WaitOptions.Exited | WaitOptions.NoWait;

    /// <summary>wait4(2).</summary>
    [Syscall("wait4")]
    public static SysResult Wait4(
        Task task, int pid, GuestPtr<int> status, WaitOptions options, GuestPtr<ResourceUsage> usage)
    {
        if ((options & ~Wait4Options) != 0)
        {
            return Errno.EINVAL;
        }

        if (pid == int.MinValue)
        {
            return Errno.ESRCH;
        }

        ChildSelector which = pid switch
        {
            -1 => default,
            0 => new ChildSelector(0, task.Group.ProcessGroup.Id),
            < -1 => ChildSelector.OfGroup(task.ReadProcess(-pid)),
            _ => ChildSelector.OfProcess(task.ReadProcess(pid)),
        };
        Result<ChildReport> found = ChildWaiter.Wait(task, which, options | WaitOptions.Exited);
        if (!found.TryGet(out ChildReport report, out Errno error) || report.ProcessId == 0)
        {
            return error;
        }

        if (!status.IsNull && status.Write(task.Memory, report.Status) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        return WriteUsage(task, usage, report) is var failed && failed != Errno.Success
            ? failed : report.IdFor(task);
    }

    /// <summary>waitid(2).</summary>
    [Syscall("waitid")]
    public static SysResult WaitId(
        Task task, WaitIdType type, int id, GuestPtr<SigInfo> info, WaitOptions options,
        GuestPtr<ResourceUsage> usage)
    {
        if ((options & ~WaitIdOptions) != 0
            || (options & (WaitOptions.Exited | WaitOptions.Stopped | WaitOptions.Continued)) == 0)
        {
            return Errno.EINVAL;
        }

        ChildSelector which;
        bool isNonBlocking = false;
        switch (type)
        {
            case WaitIdType.All:
                which = default;
                break;
            case WaitIdType.Pid when id > 0:
                which = ChildSelector.OfProcess(task.ReadProcess(id));
                break;
            case WaitIdType.ProcessGroup when id >= 0:
                which = id == 0 ? new ChildSelector(0, task.Group.ProcessGroup.Id)
                    : ChildSelector.OfGroup(task.ReadProcess(id));
                break;
            case WaitIdType.PidFd when id >= 0:
                using (FileReference reference = task.Files.Borrow(id))
                {
                    if (reference.File is not PidFile file)
                    {
                        return Errno.EBADF;
                    }

                    which = new ChildSelector(file.Process.ProcessId, 0);
                    isNonBlocking = file.IsNonBlocking;
                }

                break;
            default:
                return Errno.EINVAL;
        }

        if (!ChildWaiter.Wait(task, which, options | (isNonBlocking ? WaitOptions.NoHang : 0))
            .TryGet(out ChildReport report, out Errno error))
        {
            return error;
        }

        if (report.ProcessId == 0 && isNonBlocking && (options & WaitOptions.NoHang) == 0)
        {
            return Errno.EAGAIN;
        }

        Errno failed = WriteUsage(task, usage, report);
        if (failed != Errno.Success || info.IsNull)
        {
            return failed;
        }

        return info.Write(task.Memory, report.ProcessId == 0 ? default : new SigInfo
        {
            Number = (int)Signal.SIGCHLD, Code = report.Code, Pid = report.IdFor(task),
            Uid = task.ShowUid(report.Uid),
            Status = report.SignalStatus,
        });
    }

    private static Errno WriteUsage(Task task, GuestPtr<ResourceUsage> usage, in ChildReport report)
    {
        if (usage.IsNull || report.ProcessId == 0)
        {
            return Errno.Success;
        }

        return usage.Write(task.Memory, Usage.ToUsage(report.Cpu, report.Memory));
    }
}
