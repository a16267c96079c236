// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Cgroups;

/// <summary>cgroup.procs and cgroup.threads: who is in a group, and who may be put there by whom.</summary>
internal static class CgroupMoves
{
    private const string Processes = "cgroup.procs";
    private const uint ProcessesMode = 0x1a4;

    // It may be moved by somebody else between check and move.
    private const int MostTries = 100;

    internal static Errno ReadProcesses(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        if (context.Group.IsInvalidLocked)
        {
            return Errno.EOPNOTSUPP;
        }

        // Of a domain whose threads share controllers, those are processes of the whole domain: of itself.
        foreach (ThreadGroup process in context.Group.ProcessesLocked)
        {
            writer.Append($"{process.NumberIn(context.Task.PidSpace)}\n");
        }

        return Errno.Success;
    }

    internal static Errno ReadThreads(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        foreach (ThreadGroup process in context.Group.ProcessesLocked)
        {
            foreach (Task task in process.Tasks)
            {
                writer.Append($"{task.NumberIn(context.Task.PidSpace)}\n");
            }
        }

        return Errno.Success;
    }

    internal static Errno WriteProcess(CgroupContext context, string text) => Move(context, text, false);

    /// <summary>A thread cannot leave its process's group: there are no threaded ones.</summary>
    internal static Errno WriteThread(CgroupContext context, string text) => Move(context, text, true);

    /// <summary>
    /// Rights to move something: write access to cgroup.procs where the ways to both groups part, and both
    /// groups must be seen by who asks (cgroups(7), "delegation").
    /// </summary>
    internal static Errno Check(
        Caller caller, Credentials opener, CgroupFileSystem fileSystem, Cgroup target, Cgroup from,
        bool opens)
    {
        Cgroup root = ((CgroupDirectory)fileSystem.Root.Inode).Group;
        if (!root.IsAncestorOf(target) || !root.IsAncestorOf(from))
        {
            return Errno.ENOENT;
        }

        Cgroup common = target;
        while (!common.IsAncestorOf(from))
        {
            common = common.Parent!;
        }

        Errno error = CheckWrite(opener, common);
        return error == Errno.Success && opens ? CheckWrite(caller.Credentials, target) : error;
    }

    private static Errno CheckWrite(Credentials who, Cgroup group)
    {
        CgroupFileOwner owner = group.OwnerOf(Processes, ProcessesMode);
        var ownership = new InodeOwnership((uint)FileType.Regular | owner.Permissions, owner.Uid, owner.Gid);
        return Permissions.Check(who, ownership, Access.Write);
    }

    private static Errno Move(CgroupContext context, string text, bool isThread)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            || number < 0)
        {
            return Errno.EINVAL;
        }

        Task caller = context.Task;
        int id = number == 0 ? caller.ThreadId : TaskTree.ToGlobal(number, caller.PidSpace);

        // Any thread names its process, and so does one that has ended until it is waited for.
        TaskTree tree = caller.Kernel.Tree;
        if (id == 0 || (tree.FindTask(id)?.Group ?? tree.FindProcess(id)) is not { } process)
        {
            return Errno.ESRCH;
        }

        Errno error = Errno.EAGAIN;
        for (int i = 0; i < MostTries && error == Errno.EAGAIN; i++)
        {
            Cgroup from = process.Cgroup;
            error = Check(caller, context.Opener ?? caller.Credentials, context.FileSystem, context.Group,
                from, opens: false);
            error = error != Errno.Success ? error
                : isThread && from != context.Group ? Errno.EOPNOTSUPP
                : context.Groups.Move(process, from, context.Group);
        }

        return error;
    }
}
