// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>kill(2), tkill(2), tgkill(2), rt_sigqueueinfo(2), rt_tgsigqueueinfo(2).</summary>
public static class Kill
{
    /// <summary>kill(2).</summary>
    [Syscall("kill")]
    public static SysResult Send(Task task, int pid, int signal)
    {
        if ((uint)signal > (uint)Signal.SIGRTMAX)
        {
            return Errno.EINVAL;
        }

        if (pid == int.MinValue)
        {
            return Errno.ESRCH;
        }

        SigInfo info = From(task, signal, SigInfo.SI_USER);
        if (pid > 0)
        {
            return task.FindProcess(pid) is { } process
                ? SendTo(task, process, info) : Errno.ESRCH;
        }

        List<ThreadGroup> targets = pid == -1 ? Others(task)
            : Members(task, pid == 0 ? task.Group.ProcessGroup.Id : task.ReadProcess(-pid));
        return SendToMany(task, targets, info, pid == -1);
    }

    /// <summary>tkill(2).</summary>
    [Syscall("tkill")]
    public static SysResult ThreadKill(Task task, int tid, int signal) =>
        tid <= 0 ? Errno.EINVAL : SendToThread(task, 0, tid, From(task, signal, SigInfo.SI_TKILL));

    /// <summary>tgkill(2).</summary>
    [Syscall("tgkill")]
    public static SysResult GroupThreadKill(Task task, int pid, int tid, int signal) =>
        pid <= 0 || tid <= 0
            ? Errno.EINVAL : SendToThread(task, pid, tid, From(task, signal, SigInfo.SI_TKILL));

    /// <summary>rt_sigqueueinfo(2).</summary>
    [Syscall("rt_sigqueueinfo")]
    public static SysResult Queue(Task task, int pid, int signal, GuestPtr<SigInfo> pointer)
    {
        Errno error = ReadInfo(task, pid, signal, pointer, out SigInfo info);
        if (error != Errno.Success)
        {
            return error;
        }

        return task.FindProcess(pid) is { } process ? SendTo(task, process, info) : Errno.ESRCH;
    }

    /// <summary>rt_tgsigqueueinfo(2).</summary>
    [Syscall("rt_tgsigqueueinfo")]
    public static SysResult QueueToThread(Task task, int pid, int tid, int signal, GuestPtr<SigInfo> pointer)
    {
        if (pid <= 0 || tid <= 0)
        {
            return Errno.EINVAL;
        }

        Errno error = ReadInfo(task, pid, signal, pointer, out SigInfo info);
        return error == Errno.Success ? SendToThread(task, pid, tid, info) : error;
    }

    private static Errno ReadInfo(Task task, int pid, int signal, GuestPtr<SigInfo> pointer, out SigInfo info)
    {
        Errno error = QueuedInfo.Read(task, pointer.Address, signal, out info);
        if (error != Errno.Success)
        {
            return error;
        }

        info.Number = signal;
        return CheckInfo(task, pid == task.Group.OwnId, ref info);
    }

    /// <summary>
    /// What a sender says of itself: nobody may pretend to be kill(2) or the kernel towards others (EPERM),
    /// and its user id is one of its own namespace (kernel/signal.c, do_rt_sigqueueinfo).
    /// </summary>
    internal static Errno CheckInfo(Task task, bool isOwn, ref SigInfo info)
    {
        if ((info.Code >= 0 || info.Code == SigInfo.SI_TKILL) && !isOwn)
        {
            return Errno.EPERM;
        }

        uint uid = info.Uid;
        info.Uid = task.TryReadUid(ref uid) ? uid : info.Uid;
        return Errno.Success;
    }

    internal static SysResult SendToThread(Task task, int pid, int tid, in SigInfo info)
    {
        if ((uint)info.Number > (uint)Signal.SIGRTMAX)
        {
            return Errno.EINVAL;
        }

        return task.FindTask(tid) is { } target
            && (pid == 0 || target.Group.ProcessId == task.ReadProcess(pid))
            ? SendToThread(task, target, info) : Errno.ESRCH;
    }

    internal static SysResult SendToThread(Task task, Task target, in SigInfo info)
    {
        if ((uint)info.Number > (uint)Signal.SIGRTMAX)
        {
            return Errno.EINVAL;
        }

        if (task.Kernel.Tree.FindTask(target.ThreadId) != target)
        {
            return Errno.ESRCH;
        }

        if (!MaySignal(task, target.Group, info.Number))
        {
            return Errno.EPERM;
        }

        return info.Number == 0 ? 0 : SignalSender.SendToTask(target, info, task);
    }

    internal static SysResult SendTo(Task task, ThreadGroup process, in SigInfo info)
    {
        if ((uint)info.Number > (uint)Signal.SIGRTMAX)
        {
            return Errno.EINVAL;
        }

        if (!MaySignal(task, process, info.Number))
        {
            return Errno.EPERM;
        }

        return info.Number == 0 || process.State == ProcessState.Zombie
            ? 0 : SignalSender.SendToProcess(process, info, sender: task);
    }

    /// <summary>Signals a process group, given by the kernel's own number.</summary>
    internal static SysResult SendToGroup(Task task, int group, in SigInfo info) =>
        SendToMany(task, Members(task, group), info, all: false);

    // The members of a group, by the kernel's own number.
    private static List<ThreadGroup> Members(Task task, int group)
    {
        var found = new List<ThreadGroup>();
        foreach (ThreadGroup process in task.Kernel.Tree.SnapshotProcesses())
        {
            if (process.ProcessGroup.Id == group)
            {
                found.Add(process);
            }
        }

        return found;
    }

    // Everybody whom the caller can see, but for itself and the first process.
    private static List<ThreadGroup> Others(Task task)
    {
        var found = new List<ThreadGroup>();
        foreach (ThreadGroup process in task.Kernel.Tree.SnapshotProcesses())
        {
            if (process.ProcessId != 1 && process != task.Group && task.ShowProcess(process.ProcessId) > 1)
            {
                found.Add(process);
            }
        }

        return found;
    }

    private static SysResult SendToMany(Task task, List<ThreadGroup> targets, in SigInfo info, bool all)
    {
        bool sent = false;
        Errno error = Errno.ESRCH;
        using SignalHold hold = info.Number == 0 ? default : SignalHold.Of(task.Kernel, targets);
        foreach (ThreadGroup process in targets)
        {
            SysResult result = SendTo(task, process, info);
            sent |= !result.IsError;
            error = result.IsError && !(all && result.Error == Errno.EPERM) ? result.Error : error;
        }

        return sent ? 0 : error;
    }

    private static bool MaySignal(Task task, ThreadGroup target, int signal) =>
        target == task.Group
        || TaskAccess.MaySignal(task.Credentials, target.Leader.Credentials)
        || (signal == (int)Signal.SIGCONT && target.Session == task.Group.Session);

    internal static SigInfo From(Task task, int signal, int code) => new()
    {
        Number = signal, Code = code, Pid = task.Group.ProcessId, Uid = task.Credentials.Uid,
    };
}
