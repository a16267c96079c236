// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Keys;
using Moat.Kernel.Limits;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Signals;
using Moat.Kernel.Tracing;
using Moat.Memory;
using Moat.Platform;
using Moat.Vfs;
using Resource = Moat.Abi.Resources.Resource;

namespace Moat.Kernel.Tasks;

/// <summary>New threads and processes as copies of the calling task.</summary>
public static class TaskClone
{
    /// <summary>Clones. The result is the child's thread id.</summary>
    public static Result<Task> Clone(Task parent, in CloneRequest request)
    {
        Errno error = Check(parent, request);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!NewSpaces(parent, request).TryGet(out NewSpace spaces, out error))
        {
            return error;
        }

        if (!NewIdentity(parent, request, spaces.Namespaces.Pid).TryGet(out Task? child, out error))
        {
            spaces.Drop(parent);
            return error;
        }

        error = GiveMemory(parent, child, request);
        if (error != Errno.Success)
        {
            spaces.Drop(parent);
            Forget(child);
            return error;
        }

        CopyState(parent, child, request);
        child.Credentials = spaces.Credentials;
        child.FileSystem = spaces.Places ?? child.FileSystem;
        child.JoinNamespaces(
            request.Has(CloneFlags.Memory) ? spaces.Namespaces : spaces.Namespaces.EnterTime());
        TaskKeyrings.Inherit(parent, child, request.Has(CloneFlags.Thread));
        if (request.Has(CloneFlags.ParentSetTid))
        {
            // Linux does not report a bad address here either (kernel/fork.c).
            _ = parent.Mm.Memory.Write(request.ParentTid, child.NumberIn(parent.PidSpace));
        }

        WaitQueue? done = null;
        if (request.Has(CloneFlags.VFork))
        {
            done = child.VforkDone = new WaitQueue();
        }

        PtraceEvent what = TraceTable.EventOf(parent, in request);
        if (what != PtraceEvent.None || request.Has(CloneFlags.Trace))
        {
            TraceTable.Inherit(parent, child);
        }

        ulong id = (ulong)child.NumberIn((parent.Trace?.Tracer ?? parent).PidSpace);
        Publish(parent, child);
        if (what != PtraceEvent.None)
        {
            _ = TraceStops.OnEvent(parent, what, id);
        }

        if (done is not null)
        {
            AwaitVfork(parent, child, done);
            _ = TraceStops.OnEvent(parent, PtraceEvent.VForkDone, id);
        }

        return child;
    }

    private static Result<NewSpace> NewSpaces(Task parent, in CloneRequest request)
    {
        Credentials credentials = parent.Credentials;
        if (request.Has(CloneFlags.NewUser)
            && !UserSpaces.Create(parent).TryGet(out credentials!, out Errno error))
        {
            return error;
        }

        FsContext? places = request.Has(CloneFlags.NewMount) ? parent.FileSystem.Clone() : null;
        if (!parent.Namespaces.Unshare(parent, credentials, request.Flags, places)
            .TryGet(out NamespaceSet? namespaces, out error))
        {
            return error;
        }

        var made = new NewSpace(credentials, namespaces, places);
        if (request.Has(CloneFlags.NewIpc | CloneFlags.SysVSemaphores))
        {
            // Linux asks for the privilege first.
            made.Drop(parent);
            return Errno.EINVAL;
        }

        return made;
    }

    private static Errno Check(Task parent, in CloneRequest request)
    {
        const CloneFlags NewIds = CloneFlags.NewUser | CloneFlags.NewPid;
        bool isThread = request.Has(CloneFlags.Thread);
        if ((request.Has(CloneFlags.FileSystem) && request.Has(CloneFlags.NewUser))
            || (isThread && (request.Flags & NewIds) != 0)
            || (isThread && parent.Namespaces.Pid != parent.PidSpace)
            || (request.Has(CloneFlags.Parent) && parent.Group.IsProtectedInit)
            || (isThread && !request.Has(CloneFlags.SignalHandlers))
            || (request.Has(CloneFlags.SignalHandlers) && !request.Has(CloneFlags.Memory))
            || (request.Has(CloneFlags.FileSystem) && request.Has(CloneFlags.NewMount))
            || (request.Has(CloneFlags.SignalHandlers) && request.Has(CloneFlags.ClearSignalHandlers)))
        {
            return Errno.EINVAL;
        }

        return Errno.Success;
    }

    private static Result<Task> NewIdentity(Task parent, in CloneRequest request, PidNamespace space)
    {
        TaskTree tree = parent.Kernel.Tree;
        ulong limit = parent.Group.Limits.Soft(Resource.Processes);
        using (tree.Lock.Enter())
        {
            if (parent.Group.IsExiting)
            {
                return Errno.ERESTARTNOINTR;
            }

            bool isPrivileged = parent.Credentials.Has(Capability.SysResource)
                || parent.Credentials.Has(Capability.SysAdmin);
            if (tree.TaskCount >= tree.TaskLimit || (!isPrivileged && (ulong)tree.TaskCount >= limit))
            {
                return Errno.EAGAIN;
            }

            Cgroup cgroup = request.IntoCgroup ?? parent.Group.Cgroup;
            Errno error = request.IntoCgroup is null ? Errno.Success : CgroupTree.CheckTargetLocked(cgroup);
            if (error != Errno.Success || !CgroupPids.HasRoomLocked(cgroup))
            {
                return error != Errno.Success ? error : Errno.EAGAIN;
            }

            error = ChosenIds.Check(parent, space, request.ChosenIds);
            if (error != Errno.Success)
            {
                return error;
            }

            if (!tree.AllocateIdLocked(space, request.ChosenIds, out PidNumbers? numbers)
                .TryGet(out int id, out error))
            {
                return error;
            }

            ThreadGroup group = parent.Group;
            if (!request.Has(CloneFlags.Thread))
            {
                group = NewProcess(parent, id, numbers, request);
            }

            var child = new Task(id, group) { Numbers = numbers };
            group.HasHadThreads |= group == parent.Group;
            if (group != parent.Group)
            {
                group.Leader = child;
                if (group.IsNamespaceInit)
                {
                    space.Init = group;
                }

                ThreadGroup? above = request.Has(CloneFlags.Parent) ? parent.Group.Parent : parent.Group;
                LinkLocked(group, above ?? parent.Group, parent.Group.ProcessGroup);
            }

            tree.AddTaskLocked(child);
            tree.NoteForkLocked();
            return child;
        }
    }

    private static ThreadGroup NewProcess(Task parent, int id, PidNumbers? numbers, in CloneRequest request)
    {
        ThreadGroup old = parent.Group;
        SignalHandlers handlers = request.Has(CloneFlags.SignalHandlers)
            ? old.Handlers
            : old.Handlers.Clone(false, request.Has(CloneFlags.ClearSignalHandlers));
        return new ThreadGroup(old.Kernel, id, handlers)
        {
            Numbers = numbers,
            IsProtectedInit = numbers is { Own: 1 },
            ExitSignal = request.ExitSignal,
            Creator = request.Has(CloneFlags.Parent) ? null : parent,
            Limits = old.Limits.Clone(),
            IsDumpable = old.IsDumpable, DumpFilter = old.DumpFilter,
            DisablesHugePages = old.DisablesHugePages,
            Executable = old.Executable,
            OomScoreAdjust = old.OomScoreAdjust,
            Cgroup = request.IntoCgroup ?? old.Cgroup,
        };
    }

    private static Errno GiveMemory(Task parent, Task child, in CloneRequest request)
    {
        MemoryContext mm = parent.Mm;
        if (request.Has(CloneFlags.Memory))
        {
            if (!mm.Process.CloneThread(parent.Stub).TryGet(out StubThread? thread, out Errno error))
            {
                return error;
            }

            child.SetMemory(mm, thread);
            mm.AddUser();
            if (!request.Has(CloneFlags.Thread))
            {
                mm.AddProcess();
                child.Group.BorrowsStub = true;
            }

            return Errno.Success;
        }

        AddressSpace copy;
        StubThread? forked;
        using (mm.Space.Lock.Enter())
        {
            // The host copies the mappings while nobody can change them.
            if (!mm.Process.Fork(parent.Stub).TryGet(out forked, out Errno error))
            {
                return error;
            }

            copy = mm.Space.CloneLocked();
        }

        var memory = new MemoryContext(copy, forked.Process, parent.Kernel.Tree)
            { Owner = mm.Owner, IsForked = true };
        child.SetMemory(memory, forked);
        child.AwaitsFork = true;
        return Errno.Success;
    }

    private static void CopyState(Task parent, Task child, in CloneRequest request)
    {
        child.Registers = parent.Registers;
        child.Registers.Rax = 0;
        if (request.StackPointer != 0)
        {
            child.Registers.Rsp = request.StackPointer;
        }

        if (request.Has(CloneFlags.SetThreadPointer))
        {
            child.Stub.SetFsBase(request.ThreadPointer);
        }

        child.Name = parent.Name;
        child.Scheduling = parent.Scheduling.Fork();
        child.Personality = parent.Personality;
        child.SignalMask = parent.SignalMask;
        bool ownStack = !request.Has(CloneFlags.Memory) || request.Has(CloneFlags.VFork);
        child.AlternateStack = ownStack ? parent.AlternateStack : child.AlternateStack;
        child.SetChildTid = request.Has(CloneFlags.ChildSetTid) ? request.ChildTid : 0;
        child.ClearChildTid = request.Has(CloneFlags.ChildClearTid) ? request.ChildTid : 0;
        child.FileSystem = request.Has(CloneFlags.FileSystem) ? parent.FileSystem : parent.FileSystem.Clone();
        if (request.Has(CloneFlags.Files))
        {
            parent.Files.AddUser();
            child.Files = parent.Files;
        }
        else
        {
            child.Files = parent.Files.Clone();
        }

        if (!request.Has(CloneFlags.Memory) || !request.Has(CloneFlags.Thread))
        {
            LimitEnforcement.ApplyAll(child);
        }
    }

    // From here on others can see the child, signal it and wait for it.
    private static void Publish(Task parent, Task child)
    {
        ThreadGroup group = child.Group;
        TaskTree tree = group.Kernel.Tree;
        using (tree.Lock.Enter())
        using (group.SignalLock.Enter())
        {
            // With the list, so that no thread escapes SECCOMP_FILTER_FLAG_TSYNC.
            child.SetSeccomp(parent.SeccompMode, parent.SeccompFilter?.Share());
            group.Tasks.Add(child);
            if (group.IsExiting)
            {
                child.ExitStatus = group.ExitStatus;
            }
        }

        if (group.Cgroup.IsHalted)
        {
            child.Interrupt();
        }

        child.Kernel.Threads.Start(child);
        child.Kernel.Load.NoteFork();
    }

    private static void Forget(Task child)
    {
        TaskTree tree = child.Kernel.Tree;
        using (tree.Lock.Enter())
        {
            tree.RemoveTaskLocked(child.ThreadId);
            if (child.Group.Leader == child)
            {
                child.Group.Parent?.Children.Remove(child.Group);
                tree.RemoveProcessLocked(child.Group);
                if (child.Group.IsNamespaceInit)
                {
                    child.Group.PidSpace.IsDead = true;
                }
            }
        }

        child.Retire();
    }

    // Only a kill ends this wait early (wait_for_vfork_done).
    private static void AwaitVfork(Task parent, Task child, WaitQueue done)
    {
        var waiter = new TaskWaiter(parent, PollEvents.All);
        done.Add(waiter);
        while (child.VforkDone == done && !parent.Group.IsExiting)
        {
            parent.BlockUninterruptibly();
        }

        done.Remove(waiter);
    }

    /// <summary>What a clone gets of namespaces.</summary>
    private readonly record struct NewSpace(
        Credentials Credentials, NamespaceSet Namespaces, FsContext? Places)
    {
        internal void Drop(Task parent)
        {
            if (Namespaces != parent.Namespaces)
            {
                Namespaces.AddUser();
                Namespaces.RemoveUser();
            }
        }
    }

    /// <summary>Links a new process to its parent and group. The tree lock is held.</summary>
    internal static void LinkLocked(ThreadGroup group, ThreadGroup? parent, ProcessGroup processGroup)
    {
        TaskTree tree = group.Kernel.Tree;
        tree.AddProcessLocked(group);
        group.Parent = parent;
        parent?.Children.Add(group);
        tree.JoinGroupLocked(group, processGroup);
    }
}
