// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi.Signals;
using Moat.Kernel.Futex;
using Moat.Kernel.Keys;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Seccomp;
using Moat.Kernel.Signals;
using Moat.Kernel.Time;
using Moat.Kernel.Tracing;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>How tasks and processes end: exit(2), exit_group(2), fatal signals, reaping.</summary>
public static class TaskExit
{
    /// <summary>Ends the calling task when it returns to its loop (exit(2)).</summary>
    public static void ExitThread(Task task, int code)
    {
        task.ExitStatus = (code & 0xff) << 8;
        task.KeepRegisters = true;
    }

    /// <summary>Ends the whole process (exit_group(2)).</summary>
    public static void ExitGroup(Task task, int code)
    {
        int status = (code & 0xff) << 8;
        BeginGroupExit(task.Group, status);
        task.ExitStatus = status;
        task.KeepRegisters = true;
    }

    /// <summary>Tells every task of a process to end. The first status given stands.</summary>
    public static void BeginGroupExit(ThreadGroup group, int status)
    {
        Task[] tasks;
        using (group.Kernel.Tree.Lock.Enter())
        {
            group.IsKilled |= status == (int)Signal.SIGKILL;
            if (!group.IsExiting)
            {
                group.IsExiting = true;
                group.ExitStatus = status;
            }

            tasks = [.. group.Tasks];
        }

        foreach (Task task in tasks)
        {
            task.Interrupt();
        }

        if (status == (int)Signal.SIGKILL)
        {
            KillMemorySoon(tasks);
        }
    }

    // Not the memory that a process has left already and another lives in: the order of the looks matters.
    private static void KillMemorySoon(Task[] tasks)
    {
        foreach (Task task in tasks)
        {
            if (task.Mm is { IsSharedBeyond: false } mm && !task.HasLeft)
            {
                mm.KillSoon(task.Kernel.Timers);
                return;
            }
        }
    }

    /// <summary>
    /// The host process of an address space has died, killed from outside or by its own fault: every guest
    /// process that lived in it dies of SIGKILL, also one that is blocked in the kernel and would not have
    /// noticed.
    /// </summary>
    internal static void StubDied(TaskTree tree, MemoryContext mm)
    {
        foreach (ThreadGroup group in tree.SnapshotProcesses())
        {
            bool lived = false;
            using (tree.Lock.Enter())
            {
                foreach (Task task in group.Tasks)
                {
                    lived |= task.Mm == mm;
                }
            }

            if (lived)
            {
                BeginGroupExit(group, (int)Signal.SIGKILL);
            }
        }
    }

    /// <summary>The last steps of a task, on its own thread.</summary>
    internal static void Finish(Task task)
    {
        ReleaseMemory(task);
        SeccompAttach.Leave(task);
        task.Files.RemoveUser(task);
        TraceTable.OnTracerExit(task);
        ThreadGroup group = task.Group;
        TraceLink? link;
        bool last;
        bool isKept;
        using (group.Kernel.Tree.Lock.Enter())
        {
            using (group.SignalLock.Enter())
            {
                group.Tasks.Remove(task);
            }

            task.CpuClock.Stop();
            group.Cpu.AddExited(new CpuTimes(0, task.CpuClock.Read().SystemNs));
            group.Cpu.AddPast(new MemoryFigures(0, 0, 0, task.SleepCount));
            group.PastIo.Add(in task.Io);
            group.Kernel.Tree.NoteEndLocked(task);

            last = group.Tasks.Count == 0;
            link = task.Trace;
            isKept = TraceTable.KeepThreadLocked(task, task == group.Leader);
            if (!isKept && task != group.Leader)
            {
                TraceTable.UnlinkLocked(task);
            }

            if (!isKept && (task != group.Leader || last))
            {
                group.Kernel.Tree.RemoveTaskLocked(task.ThreadId);
            }

            if (!group.IsExiting && (last || task == group.Leader))
            {
                group.ExitStatus = task.ExitStatus ?? (int)Signal.SIGKILL;
            }

            group.ExecSurvivor?.WakeUp();
        }

        TaskKeyrings.Leave(task);
        if (isKept)
        {
            TraceTable.NotifyEnd(task, link!, link!.ZombieStatus);
        }

        if (last)
        {
            EndProcess(group);
        }

        task.Namespaces.RemoveUser();
    }

    private static void ReleaseMemory(Task task)
    {
        // Whoever joins the thread by its tid word must not find it afterwards.
        task.HasLeft = true;
        RobustList.Release(task, task.Mm.IsShared);
        task.HasReleasedFutexes = true;
        if (task.Group.Tasks.Count == 1)
        {
            ProcessCpu.KeepStubTime(task.Group, hasMemory: true);
            task.Group.BorrowsStub = true;
            task.Mm.RemoveProcess();
        }

        task.Mm.RemoveUser(task.Stub, task.Group.IsExiting);
        WakeVforkParent(task);
    }

    /// <summary>The task no longer uses its parent's memory: a vfork parent goes on.</summary>
    internal static void WakeVforkParent(Task task)
    {
        WaitQueue? queue = task.VforkDone;
        task.VforkDone = null;
        queue?.Wake(PollEvents.In);
    }

    private static void EndProcess(ThreadGroup group)
    {
        if (group.IsNamespaceInit)
        {
            PidNamespaceEnd.Run(group);
        }

        group.Timers.Stop();
        TaskTree tree = group.Kernel.Tree;
        group.Leader.Ipc.OnExit(group);
        var orphans = new List<Task>();
        List<ProcessGroup> tied;
        ThreadGroup? parent;
        TraceLink? tracer;
        bool reap;
        using (tree.Lock.Enter())
        {
            tree.RemoveTaskLocked(group.Leader.ThreadId);
            group.IsExiting = true;
            tied = OrphanedGroups.TiedLocked(group);
            Adopt(group, orphans);
            EndSessionLocked(group);
            group.State = ProcessState.Zombie;
            tree.NoteEndLocked(group);
            group.Cgroup.RemoveLocked(group);
            OrphanedGroups.KeepStoppedOrphansLocked(tied);
            parent = group.Parent;
            tracer = group.Leader.Trace;
            reap = tracer is null && (parent is null || ChildSignals.ReapsItself(group, parent));
            if (reap)
            {
                ReapLocked(group);
            }
        }

        SignalOrphans(orphans);
        OrphanedGroups.Notify(group.Kernel, tied);
        group.ExitEvents.Wake(PollEvents.In | PollEvents.HangUp);
        PidNamespaceEnd.OnEnd(group);
        if (tracer is not null && tracer.Tracer.Group != parent)
        {
            // The parent hears of it when the tracer has.
            TraceTable.NotifyEnd(group.Leader, tracer, group.ExitStatus);
        }
        else if (parent is not null)
        {
            ChildSignals.NotifyExit(group, parent);
        }

        if (group == tree.Init)
        {
            EndSandbox(group);
        }

        group.Exited?.Invoke(group.ExitStatus);
    }

    // The first process's end is everybody's (pid_namespaces(7)).
    private static void EndSandbox(ThreadGroup init)
    {
        foreach (ThreadGroup other in init.Kernel.Tree.SnapshotProcesses())
        {
            if (other != init)
            {
                BeginGroupExit(other, (int)Signal.SIGKILL);
            }
        }

    }

    private static void Adopt(ThreadGroup group, List<Task> orphans)
    {
        PidNamespace space = group.PidSpace;
        ThreadGroup? reaper = group.Parent;
        while (reaper is not null && (!reaper.IsSubreaper || reaper.IsExiting))
        {
            reaper = reaper.PidSpace == space ? reaper.Parent : null;
        }

        reaper = reaper?.PidSpace == space ? reaper : space.Init;
        reaper ??= group.Kernel.Tree.Init;
        if (reaper == group && group.IsNamespaceInit)
        {
            PidNamespaceEnd.ReapLocked(group);
            reaper = group.Parent ?? group.Kernel.Tree.Init;
        }

        foreach (ThreadGroup child in group.Children)
        {
            child.Parent = reaper == group ? null : reaper;
            child.Creator = null;
            // Its new parent asked for no special signal (reparent_leader in Linux).
            child.ExitSignal = Signal.SIGCHLD;
            if (reaper != group)
            {
                reaper.Children.Add(child);
            }

            orphans.AddRange(child.Tasks);
            if (child.State == ProcessState.Zombie && reaper != group)
            {
                reaper.ChildEvents.Wake(PollEvents.In);
            }
        }

        group.Children.Clear();
    }

    private static void SignalOrphans(List<Task> orphans)
    {
        foreach (Task orphan in orphans)
        {
            if (orphan.ParentDeathSignal != Signal.None)
            {
                _ = SignalSender.SendToProcess(orphan.Group,
                    new SigInfo { Number = (int)orphan.ParentDeathSignal });
            }
        }
    }

    private static void EndSessionLocked(ThreadGroup group)
    {
        Session session = group.Session;
        if (session.Leader == group)
        {
            session.Leader = null;
            IControllingTerminal? terminal = session.Terminal;
            session.Terminal = null;
            terminal?.OnSessionEnd();
        }
    }

    /// <summary>Removes a zombie: its parent has waited for it.</summary>
    internal static void ReapLocked(ThreadGroup group)
    {
        group.State = ProcessState.Dead;
        TraceTable.UnlinkLocked(group.Leader);
        group.Parent?.Children.Remove(group);
        if (group.Parent is { } parent)
        {
            parent.Cpu.AddChild(ProcessCpu.OfProcessLocked(group) + group.Cpu.Children,
                group.Cpu.Past.With(group.Cpu.OfChildren));
            parent.PastIo.Add(in group.PastIo);
        }

        group.Kernel.Tree.RemoveProcessLocked(group);
    }
}
