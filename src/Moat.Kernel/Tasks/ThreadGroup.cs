// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Dumping;
using Moat.Kernel.Limits;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Signals;
using Moat.Kernel.Time;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>A guest process: the tasks that share a process id and signals (struct signal_struct).</summary>
/// <remarks>
/// Locks: the tree lock guards family links, tasks, state and exit status; <see cref="SignalLock"/> guards
/// pending signals, masks and stop state.
/// </remarks>
public sealed class ThreadGroup
{
    /// <summary>A process with no tasks yet.</summary>
    public ThreadGroup(LinuxKernel kernel, int processId, SignalHandlers handlers)
    {
        Kernel = kernel;
        ProcessId = processId;
        Handlers = handlers;
        Cgroup = kernel.Cgroups.Root;
        Timers = new ProcessTimers(this);
    }

    public LinuxKernel Kernel { get; }

    /// <summary>The process id (thread group id).</summary>
    public int ProcessId { get; }

    /// <summary>Its numbers in nested PID namespaces; null when it lives in the initial one.</summary>
    public PidNumbers? Numbers { get; init; }

    /// <summary>The PID namespace it lives in.</summary>
    public PidNamespace PidSpace => Numbers?.Space ?? Kernel.Tree.Pids;

    /// <summary>The process id as its own PID namespace numbers it.</summary>
    public int OwnId => Numbers?.Own ?? ProcessId;

    /// <summary>Its number in a PID namespace, also after it has been waited for; 0 where it is not
    /// seen.</summary>
    public int NumberIn(PidNamespace space) =>
        Numbers is { } numbers ? numbers.In(space) : space.Parent is null ? ProcessId : 0;

    /// <summary>True for the first process of a nested PID namespace.</summary>
    internal bool IsNamespaceInit => Numbers is { Own: 1 };

    /// <summary>The task whose id is the process id; changes when another thread calls execve.</summary>
    public Task Leader { get; internal set; } = null!;

    /// <summary>Living tasks.</summary>
    public List<Task> Tasks { get; } = [];

    /// <summary>The parent; null only for the first process.</summary>
    public ThreadGroup? Parent { get; internal set; }

    /// <summary>Children, zombies included.</summary>
    public List<ThreadGroup> Children { get; } = [];

    /// <summary>Tasks that a thread of this process traces. Guarded by the tree lock.</summary>
    internal List<Task> Tracees { get; } = [];

    /// <summary>The thread of its parent that made this process: PTRACE_TRACEME's tracer.</summary>
    internal Task? Creator { get; set; }

    /// <summary>True for a child of this very thread; those of threads that are gone are its leader's.
    /// </summary>
    public bool IsChildOf(Task task) => Creator is { HasLeft: false } creator && creator.Group == task.Group
        ? creator == task : task == task.Group.Leader;

    public ProcessGroup ProcessGroup { get; set; } = null!;

    public Session Session => ProcessGroup.Session;

    public ProcessState State { get; internal set; }

    /// <summary>
    /// The status that wait4 reports: exit code shifted by 8, or a signal number with 0x80 for a core dump.
    /// </summary>
    public int ExitStatus { get; internal set; }

    /// <summary>True from exit_group, a fatal signal or the last thread's exit on.</summary>
    public bool IsExiting { get; internal set; }

    /// <summary>The signal sent to the parent on exit; 0 for none (clone(2)).</summary>
    public Signal ExitSignal { get; internal set; } = Signal.SIGCHLD;

    /// <summary>Resource limits; fork gives the child a copy.</summary>
    public ResourceLimits Limits { get; init; } = new();

    /// <summary>The program file: /proc/PID/exe. execve sets it, fork copies it.</summary>
    public Location? Executable { get; set; }

    /// <summary>/proc/PID/oom_score_adj; fork copies it.</summary>
    public int OomScoreAdjust { get; set; }

    /// <summary>Its control group, also after its end. Guarded by the tree lock.</summary>
    public Cgroup Cgroup { get; internal set; }

    /// <summary>How many tasks of it its control group counts. Guarded by the tree lock.</summary>
    internal int ChargedTasks { get; set; }

    /// <summary>CPU time of exited threads and waited-for children.</summary>
    public CpuAccounting Cpu { get; } = new();

    /// <summary>What exited threads and waited-for children have moved. Guarded by the tree lock.</summary>
    internal IoCounters PastIo;

    /// <summary>What all its threads, and children that were waited for, have moved.</summary>
    public IoCounters GetIo()
    {
        using RankedLock.Scope scope = Kernel.Tree.Lock.Enter();
        IoCounters sum = PastIo;
        foreach (Task task in Tasks)
        {
            sum.Add(in task.Io);
        }

        return sum;
    }

    /// <summary>Interval timers and POSIX timers.</summary>
    public ProcessTimers Timers { get; }

    /// <summary>PR_SET_THP_DISABLE; inherited by fork.</summary>
    public bool DisablesHugePages { get; set; }

    /// <summary>PR_SET_DUMPABLE: true for SUID_DUMP_USER.</summary>
    public bool IsDumpable { get; set; } = true;

    /// <summary>/proc/PID/coredump_filter; fork copies it.</summary>
    public DumpFilter DumpFilter { get; set; } = DumpFilter.Default;

    /// <summary>The core file that it is writing before it ends; null otherwise.</summary>
    internal CoreDump? Dump { get; set; }

    /// <summary>PR_SET_CHILD_SUBREAPER.</summary>
    public bool IsSubreaper { get; set; }

    /// <summary>True once it has called execve (setpgid's EACCES).</summary>
    public bool HasExecuted { get; internal set; }

    /// <summary>Woken when a child changes state: wait4 and waitid sleep here.</summary>
    public WaitQueue ChildEvents { get; } = new();

    /// <summary>Woken when this process exits: pidfds poll it.</summary>
    public WaitQueue ExitEvents { get; } = new();

    public RankedLock SignalLock { get; } = new(LockRank.Signals);

    public SignalHandlers Handlers { get; internal set; }

    /// <summary>Signals sent to the process as a whole.</summary>
    public PendingSignals Pending { get; } = new();

    /// <summary>Woken when any signal is queued: signalfds poll it.</summary>
    public WaitQueue SignalEvents { get; } = new();

    /// <summary>CLOCK_MONOTONIC at birth, ns.</summary>
    public long StartTimeNs { get; init; } = Clock.MonotonicNs();

    /// <summary>The signal that stopped the process, until a wait has reported it; 0 otherwise.</summary>
    internal int StopReport { get; set; }

    /// <summary>The signal that stopped the process last.</summary>
    internal int StopSignal { get; set; }

    /// <summary>How often the process has been stopped: each tracee takes part in each stop once.</summary>
    internal int StopCount { get; set; }

    /// <summary>SIGKILL was sent, which ends every stop.</summary>
    internal bool IsKilled { get; set; }

    /// <summary>True until a wait has reported a continue.</summary>
    internal bool ContinueReport { get; set; }

    /// <summary>
    /// True for the first process of a container: signals without a handler do not touch it (kill(2)).
    /// </summary>
    public bool IsProtectedInit { get; internal set; }

    /// <summary>
    /// True once its present program has had a second thread: the stub's CPU time is then not one thread's.
    /// </summary>
    internal bool HasHadThreads { get; set; }

    /// <summary>True for a vfork child until its execve: it runs in its parent's stub.</summary>
    internal bool BorrowsStub { get; set; }

    /// <summary>The task that execve lets live while it ends the others; null otherwise.</summary>
    internal Task? ExecSurvivor { get; set; }

    /// <summary>Tells whoever started the process from outside how it ended.</summary>
    internal Action<int>? Exited { get; init; }
}
