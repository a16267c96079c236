// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>getpgid(2), setpgid(2), getpgrp(2), getsid(2), setsid(2).</summary>
public static class ProcessGroups
{
    /// <summary>getpgrp(2).</summary>
    [Syscall("getpgrp")]
    public static SysResult GetPgrp(Task task) =>
        task.ShowProcess(task.Group.ProcessGroup.Id);

    /// <summary>getpgid(2).</summary>
    [Syscall("getpgid")]
    public static SysResult GetPgid(Task task, int pid)
    {
        using RankedLock.Scope scope = task.Kernel.Tree.Lock.Enter();
        ThreadGroup? process = FindLocked(task, pid);
        return process is null ? Errno.ESRCH : task.ShowProcess(process.ProcessGroup.Id);
    }

    /// <summary>getsid(2).</summary>
    [Syscall("getsid")]
    public static SysResult GetSid(Task task, int pid)
    {
        using RankedLock.Scope scope = task.Kernel.Tree.Lock.Enter();
        ThreadGroup? process = FindLocked(task, pid);
        return process is null ? Errno.ESRCH : task.ShowProcess(process.Session.Id);
    }

    /// <summary>setpgid(2).</summary>
    [Syscall("setpgid")]
    public static SysResult SetPgid(Task task, int pid, int groupId)
    {
        ThreadGroup caller = task.Group;
        pid = pid == 0 ? caller.OwnId : pid;
        groupId = groupId == 0 ? pid : groupId;
        if (groupId < 0)
        {
            return Errno.EINVAL;
        }

        TaskTree tree = task.Kernel.Tree;
        using RankedLock.Scope scope = tree.Lock.Enter();
        pid = task.ReadProcess(pid);
        groupId = task.ReadProcess(groupId);
        if (!tree.TryGetProcessLocked(pid, out ThreadGroup? process))
        {
            return tree.TryGetTaskLocked(pid, out _) ? Errno.EINVAL : Errno.ESRCH;
        }

        if (process != caller)
        {
            if (process.Parent != caller)
            {
                return Errno.ESRCH;
            }

            if (process.Session != caller.Session)
            {
                return Errno.EPERM;
            }

            if (process.HasExecuted)
            {
                return Errno.EACCES;
            }
        }

        if (process.Session.Leader == process)
        {
            return Errno.EPERM;
        }

        if (!tree.TryGetGroupLocked(groupId, out ProcessGroup? group))
        {
            if (groupId != pid)
            {
                return Errno.EPERM;
            }

            group = tree.NewGroupLocked(pid, process.Session);
        }
        else if (groupId != pid && group.Session != caller.Session)
        {
            return Errno.EPERM;
        }

        if (process.ProcessGroup != group)
        {
            tree.JoinGroupLocked(process, group);
        }

        return 0;
    }

    /// <summary>setsid(2).</summary>
    [Syscall("setsid")]
    public static SysResult SetSid(Task task)
    {
        TaskTree tree = task.Kernel.Tree;
        using RankedLock.Scope scope = tree.Lock.Enter();
        int pid = task.Group.ProcessId;
        return tree.TryGetGroupLocked(pid, out _)
            ? Errno.EPERM : task.ShowProcess(tree.NewSessionLocked(task.Group).Id);
    }

    private static ThreadGroup? FindLocked(Task task, int pid)
    {
        if (pid == 0)
        {
            return task.Group;
        }

        TaskTree tree = task.Kernel.Tree;
        pid = task.ReadProcess(pid);
        return tree.TryGetProcessLocked(pid, out ThreadGroup? process) ? process
            : tree.TryGetTaskLocked(pid, out Task? other) ? other.Group : null;
    }
}
