// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Time;

namespace Moat.Kernel.Tasks;

/// <summary>All tasks, processes, groups and sessions by id (the root PID namespace).</summary>
/// <remarks>
/// Locks: <see cref="Lock"/>, of rank TaskTree, guards every table here and the links between processes.
/// </remarks>
public sealed class TaskTree
{
    /// <summary>pid_max: ids are 1..32767.</summary>
    public const int MaxId = 32768;

    private readonly Dictionary<int, Task> _tasks = [];
    private readonly Dictionary<int, ThreadGroup> _processes = [];
    private readonly Dictionary<int, ProcessGroup> _groups = [];
    private readonly Dictionary<int, Session> _sessions = [];
    private int _last;
    private long _forks;
    private long _pastSwitches;

    /// <summary>Numbers of those in nested PID namespaces; the others have one only.</summary>
    private readonly ConcurrentDictionary<int, PidNumbers> _nested = new(1, 31);

    /// <summary>The initial PID namespace, whose numbers are used everywhere here.</summary>
    public PidNamespace Pids { get; } = new();

    public RankedLock Lock { get; } = new(LockRank.TaskTree);

    /// <summary>Living tasks.</summary>
    public int TaskCount => _tasks.Count;

    /// <summary>
    /// Most tasks at a time: what a pids limit allows, within what the host's threads bear.
    /// </summary>
    public int TaskLimit { get; init; } = 8192;

    /// <summary>The first process, which adopts orphans.</summary>
    public ThreadGroup Init { get; internal set; } = null!;

    /// <summary>A free id, larger than the last one until the numbers wrap; 0 when all are taken.</summary>
    internal int AllocateIdLocked()
    {
        for (int tries = 0; tries < MaxId; tries++)
        {
            _last = _last + 1 >= MaxId ? (_processes.Count == 0 ? 1 : 300) : _last + 1;
            if (IsFreeLocked(_last))
            {
                return _last;
            }
        }

        return 0;
    }

    /// <summary>Numbers for a new task in a PID namespace and all above; null for the initial one.</summary>
    /// <returns>
    /// ENOMEM when its first process has ended; EAGAIN when there are no numbers left; EEXIST when a chosen
    /// one is taken.
    /// </returns>
    internal Result<int> AllocateIdLocked(PidNamespace space, int[]? chosen, out PidNumbers? numbers)
    {
        numbers = null;
        if (space.IsDead)
        {
            return Errno.ENOMEM;
        }

        int wanted = chosen?.Length > space.Level ? chosen[space.Level] : 0;
        int id = wanted == 0 ? AllocateIdLocked() : IsFreeLocked(wanted) ? wanted : 0;
        if (id == 0 || space.Parent is null)
        {
            return id != 0 ? id : wanted != 0 ? Errno.EEXIST : Errno.EAGAIN;
        }

        int[] values = new int[space.Level + 1];
        values[0] = id;
        numbers = new PidNumbers(space, values);
        for (PidNamespace at = space; at.Parent is not null; at = at.Parent)
        {
            int place = space.Level - at.Level;
            wanted = chosen?.Length > place ? chosen[place] : 0;
            values[at.Level] = at.AllocateLocked(id, wanted);
            if (values[at.Level] == 0)
            {
                ForgetLocked(numbers);
                return wanted != 0 ? Errno.EEXIST : Errno.EAGAIN;
            }
        }

        _nested[id] = numbers;
        return id;
    }

    /// <summary>The number of a process, thread, group or session in a PID namespace; 0 where it is not
    /// seen.</summary>
    public int Show(int id, PidNamespace space) => space.Parent is null ? id
        : _nested.TryGetValue(id, out PidNumbers? numbers) ? numbers.In(space) : 0;

    /// <summary>The kernel's number for one of a namespace's; 0 for none.</summary>
    public static int ToGlobal(int id, PidNamespace space) =>
        space.Parent is null ? id : space.Globals.GetValueOrDefault(id);

    private static void ChargeLocked(ThreadGroup process, int tasks)
    {
        process.ChargedTasks += tasks;
        CgroupPids.ChargeLocked(process.Cgroup, tasks);
    }

    private bool IsFreeLocked(int id) => !_tasks.ContainsKey(id) && !_processes.ContainsKey(id)
        && !_groups.ContainsKey(id) && !_sessions.ContainsKey(id);

    private void ReleaseLocked(int id)
    {
        if (!_nested.IsEmpty && IsFreeLocked(id) && _nested.TryRemove(id, out PidNumbers? numbers))
        {
            ForgetLocked(numbers);
        }
    }

    private static void ForgetLocked(PidNumbers numbers)
    {
        for (PidNamespace at = numbers.Space; at.Parent is not null; at = at.Parent)
        {
            if (numbers.Values[at.Level] != 0)
            {
                at.Globals.TryRemove(numbers.Values[at.Level], out _);
            }
        }
    }

    /// <summary>Finds a living task.</summary>
    public bool TryGetTaskLocked(int id, [NotNullWhen(true)] out Task? task) =>
        _tasks.TryGetValue(id, out task);

    /// <summary>Finds a process, zombies included.</summary>
    public bool TryGetProcessLocked(int id, [NotNullWhen(true)] out ThreadGroup? process) =>
        _processes.TryGetValue(id, out process);

    public bool TryGetGroupLocked(int id, [NotNullWhen(true)] out ProcessGroup? group) =>
        _groups.TryGetValue(id, out group);

    public bool TryGetSessionLocked(int id, [NotNullWhen(true)] out Session? session) =>
        _sessions.TryGetValue(id, out session);

    /// <summary>Finds a living task, taking the lock.</summary>
    public Task? FindTask(int id)
    {
        using (Lock.Enter())
        {
            Task? task = _tasks.GetValueOrDefault(id);
            return task is { HasLeft: true } && task.Group.Leader != task ? null : task;
        }
    }

    /// <summary>Finds a process, zombies included, taking the lock.</summary>
    public ThreadGroup? FindProcess(int id)
    {
        using (Lock.Enter())
        {
            return _processes.GetValueOrDefault(id);
        }
    }

    /// <summary>True while a process group has members, taking the lock.</summary>
    public bool HasGroup(int id)
    {
        using (Lock.Enter())
        {
            return _groups.ContainsKey(id);
        }
    }

    /// <summary>Finds a task, also one that is on its way out, taking the lock.</summary>
    internal Task? FindEndingTask(int id)
    {
        using (Lock.Enter())
        {
            return _tasks.GetValueOrDefault(id);
        }
    }

    /// <summary>All tasks that run in a memory context, or in any; but for one.</summary>
    internal Task[] SnapshotTasks(MemoryContext? memory, Task except)
    {
        var found = new List<Task>();
        using (Lock.Enter())
        {
            foreach (Task task in _tasks.Values)
            {
                if (task != except && (memory is null || task.Mm == memory))
                {
                    found.Add(task);
                }
            }
        }

        return [.. found];
    }

    /// <summary>Counts tasks: for /proc/stat and /proc/loadavg.</summary>
    public TaskCounts Count()
    {
        using (Lock.Enter())
        {
            int running = 0;
            long switches = _pastSwitches;
            foreach (Task task in _tasks.Values)
            {
                running += task.IsRunnable ? 1 : 0;
                switches += task.IsPast ? 0 : task.SleepCount;
            }

            return new(_tasks.Count, running, _last, _forks, switches);
        }
    }

    /// <summary>A task has been made.</summary>
    internal void NoteForkLocked() => _forks++;

    /// <summary>A task that may stay listed ends: it sleeps no more.</summary>
    internal void NoteEndLocked(Task task)
    {
        _pastSwitches += task.SleepCount;
        task.IsPast = true;
    }

    /// <summary>What processes that are gone have used of memory.</summary>
    public MemoryFigures PastMemory { get; private set; }

    /// <summary>A process has ended.</summary>
    internal void NoteEndLocked(ThreadGroup process) => PastMemory = PastMemory.With(process.Cpu.Past);

    /// <summary>All processes in ascending order of id, zombies included: for /proc and kill(-1).</summary>
    public ThreadGroup[] SnapshotProcesses()
    {
        using (Lock.Enter())
        {
            var all = new ThreadGroup[_processes.Count];
            _processes.Values.CopyTo(all, 0);
            System.Array.Sort(all, static (a, b) => a.ProcessId.CompareTo(b.ProcessId));
            return all;
        }
    }

    internal void AddTaskLocked(Task task)
    {
        _tasks[task.ThreadId] = task;
        ChargeLocked(task.Group, task == task.Group.Leader ? 0 : 1);
    }

    internal void RemoveTaskLocked(int id)
    {
        if (_tasks.Remove(id, out Task? task))
        {
            ChargeLocked(task.Group, task == task.Group.Leader ? 0 : -1);
        }

        ReleaseLocked(id);
    }

    internal void AddProcessLocked(ThreadGroup process)
    {
        _processes[process.ProcessId] = process;
        process.Cgroup.AddLocked(process);
        ChargeLocked(process, 1);
    }

    internal void RemoveProcessLocked(ThreadGroup process)
    {
        if (_processes.Remove(process.ProcessId))
        {
            // A leader counts until it is waited for.
            process.Cgroup.RemoveLocked(process);
            ChargeLocked(process, -1);
        }

        LeaveGroupLocked(process);
        ReleaseLocked(process.ProcessId);
    }

    /// <summary>A new session with one new group, whose ids are the process's: setsid(2).</summary>
    public Session NewSessionLocked(ThreadGroup process)
    {
        var session = new Session(process.ProcessId) { Leader = process };
        _sessions[session.Id] = session;
        JoinGroupLocked(process, NewGroupLocked(process.ProcessId, session));
        return session;
    }

    /// <summary>A new, empty process group.</summary>
    public ProcessGroup NewGroupLocked(int id, Session session)
    {
        var group = new ProcessGroup(id, session);
        _groups[id] = group;
        session.Groups.Add(group);
        return group;
    }

    /// <summary>
    /// Moves a process into a group; an emptied old group, and an emptied session, disappear.
    /// </summary>
    public void JoinGroupLocked(ThreadGroup process, ProcessGroup group)
    {
        group.Members.Add(process);
        if (process.ProcessGroup is not null)
        {
            LeaveGroupLocked(process);
        }

        process.ProcessGroup = group;
    }

    private void LeaveGroupLocked(ThreadGroup process)
    {
        ProcessGroup group = process.ProcessGroup;
        group.Members.Remove(process);
        if (group.Members.Count > 0)
        {
            return;
        }

        _groups.Remove(group.Id);
        group.Session.Groups.Remove(group);
        if (group.Session.Groups.Count == 0)
        {
            _sessions.Remove(group.Session.Id);
            ReleaseLocked(group.Session.Id);
        }

        ReleaseLocked(group.Id);
    }
}
