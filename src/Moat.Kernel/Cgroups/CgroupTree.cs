// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Cgroups;

/// <summary>All control groups of a kernel, and what changes them: the rules of cgroups(7).</summary>
/// <remarks>Locks: the tree lock, taken here unless a name says that it is held.</remarks>
public sealed class CgroupTree
{
    // A group with its files is some kilobytes; Linux bounds them by memory only.
    private const int MostGroups = 4096;
    private const int MostLevels = 128;

    private readonly LinuxKernel _kernel;
    private readonly List<Cgroup> _limited = [];
    private int _count = 1;

    internal CgroupTree(LinuxKernel kernel)
    {
        _kernel = kernel;
        Monitor = new CgroupMonitor(kernel, this);
    }

    /// <summary>The group in which everything begins.</summary>
    public Cgroup Root { get; } = new(null, []);

    /// <summary>How many groups there are.</summary>
    public int Count => _count;

    /// <summary>What cgroup.controllers and the like are read under.</summary>
    public RankedLock Lock => _kernel.Tree.Lock;

    /// <summary>Groups with limits that somebody has to look after.</summary>
    internal List<Cgroup> LimitedLocked => _limited;

    private CgroupMonitor Monitor { get; }

    /// <summary>What the processes of a group and those below have resident, bytes.</summary>
    public long ResidentBytes(Cgroup group) => CgroupOom.Resident(_kernel, group, exact: true);

    /// <summary>mkdir: EAGAIN beyond the depth or number allowed, ENODEV below a removed group.</summary>
    public Result<Cgroup> Create(Cgroup parent, ReadOnlySpan<byte> name, Credentials owner)
    {
        using RankedLock.Scope scope = Lock.Enter();
        if (parent.IsDead)
        {
            return Errno.ENODEV;
        }

        if (_count >= MostGroups || parent.Level >= MostLevels)
        {
            return Errno.EAGAIN;
        }

        for (Cgroup? at = parent; at is not null; at = at.Parent)
        {
            if (at.Descendants >= at.MaxDescendants || parent.Level + 1 - at.Level > at.MaxDepth)
            {
                return Errno.EAGAIN;
            }
        }

        CountLocked(parent, 1);
        var made = new Cgroup(parent, name.ToArray()) { Uid = owner.FsUid, Gid = owner.FsGid };
        parent.Children.Add(made);
        return made;
    }

    /// <summary>rmdir: EBUSY while there are processes or groups in it.</summary>
    public Errno Remove(Cgroup group)
    {
        using RankedLock.Scope scope = Lock.Enter();
        if (group.IsRoot || group.Children.Count > 0 || group.Processes.Count > 0)
        {
            return Errno.EBUSY;
        }

        group.IsDead = true;
        group.Parent!.Children.Remove(group);
        group.Parent.Cpu.TakeLocked(group.Cpu);
        _limited.Remove(group);
        CountLocked(group.Parent, -1);
        return Errno.Success;
    }

    private void CountLocked(Cgroup? parent, int change)
    {
        _count += change;
        for (Cgroup? at = parent; at is not null; at = at.Parent)
        {
            at.Descendants += change;
        }
    }

    /// <summary>May processes live in a group: EOPNOTSUPP, EBUSY, or ENODEV once it is removed.</summary>
    internal static Errno CheckTargetLocked(Cgroup group)
    {
        if (group.IsDead)
        {
            return Errno.ENODEV;
        }

        if (group.IsInvalidLocked)
        {
            return Errno.EOPNOTSUPP;
        }

        // No processes beside controllers, but for those that threads may share.
        bool isShared = (group.ForChildren & CgroupControllers.Memory) == 0
            && !HasPopulatedChildLocked(group);
        return group.IsRoot || group.ForChildren == CgroupControllers.None || isShared
            ? Errno.Success : Errno.EBUSY;
    }

    /// <summary>Moves a process, whose rights to do so have been checked.</summary>
    /// <param name="process">What is moved.</param>
    /// <param name="from">Where it was when they were: EAGAIN when it is no longer.</param>
    /// <param name="target">Where it is to go.</param>
    public Errno Move(ThreadGroup process, Cgroup from, Cgroup target)
    {
        Task[] tasks;
        using (Lock.Enter())
        {
            Errno error = CheckTargetLocked(target);
            if (error != Errno.Success || process.State is ProcessState.Zombie or ProcessState.Dead)
            {
                return error;
            }

            if (process.Cgroup != from)
            {
                return Errno.EAGAIN;
            }

            if (from == target)
            {
                return Errno.Success;
            }

            CgroupPids.ChargeLocked(from, -process.ChargedTasks);
            from.RemoveLocked(process);
            target.AddLocked(process);
            CgroupPids.ChargeLocked(target, process.ChargedTasks);
            tasks = from.IsHalted != target.IsHalted ? [.. process.Tasks] : [];
        }

        CgroupFreezer.Notice(tasks);
        return Errno.Success;
    }

    /// <summary>Writes cgroup.subtree_control.</summary>
    /// <returns>ENOENT for controllers that it has not itself; EBUSY; EOPNOTSUPP.</returns>
    public Errno Enable(Cgroup group, CgroupControllers enable, CgroupControllers disable)
    {
        using RankedLock.Scope scope = Lock.Enter();
        enable &= ~group.ForChildren;
        disable &= group.ForChildren;
        if (group.IsDead)
        {
            return Errno.ENODEV;
        }

        if ((enable & ~group.Controllers) != 0)
        {
            return Errno.ENOENT;
        }

        foreach (Cgroup child in group.Children)
        {
            if ((child.ForChildren & disable) != 0)
            {
                return Errno.EBUSY;
            }
        }

        Errno error = enable == CgroupControllers.None || group.IsRoot ? Errno.Success
            : CheckEnableLocked(group, enable);
        if (error == Errno.Success)
        {
            group.ForChildren = (group.ForChildren | enable) & ~disable;
            RefreshLimitedLocked();
        }

        return error;
    }

    /// <summary>Changes limits and then sees who has to be looked after.</summary>
    public Errno Change(Cgroup group, Action<Cgroup> change)
    {
        using RankedLock.Scope scope = Lock.Enter();
        if (group.IsDead)
        {
            return Errno.ENODEV;
        }

        change(group);
        RefreshLimitedLocked();
        return Errno.Success;
    }

    /// <summary>cgroup.freeze.</summary>
    public Errno Freeze(Cgroup group, bool isFrozen)
    {
        var changed = new List<Task>();
        using (Lock.Enter())
        {
            if (group.IsDead)
            {
                return Errno.ENODEV;
            }

            group.IsFrozen = isFrozen;
            // Parents come before their children here.
            group.Each(at =>
            {
                at.IsHalted = at.IsFrozen || at.Parent?.IsHalted == true;
                foreach (ThreadGroup process in at.Processes)
                {
                    changed.AddRange(process.Tasks);
                }
            });
        }

        CgroupFreezer.Notice([.. changed]);
        return Errno.Success;
    }

    /// <summary>cgroup.kill: SIGKILL for all processes, here and below.</summary>
    public Errno Kill(Cgroup group)
    {
        var victims = new List<ThreadGroup>();
        using (Lock.Enter())
        {
            if (group.IsDead)
            {
                return Errno.ENODEV;
            }

            group.Each(at => victims.AddRange(at.Processes));
        }

        foreach (ThreadGroup victim in victims)
        {
            TaskExit.BeginGroupExit(victim, (int)Abi.Signals.Signal.SIGKILL);
        }

        return Errno.Success;
    }

    private static Errno CheckEnableLocked(Cgroup group, CgroupControllers enable)
    {
        if (group.IsInvalidLocked)
        {
            return Errno.EOPNOTSUPP;
        }

        bool wholeOnly = (enable & ~CgroupControllers.Threaded) != 0;
        if (wholeOnly && group.IsThreadRootLocked)
        {
            return Errno.EOPNOTSUPP;
        }

        bool mayShare = !wholeOnly && (group.ForChildren & ~CgroupControllers.Threaded) == 0
            && !HasPopulatedChildLocked(group);
        return mayShare || group.Processes.Count == 0 ? Errno.Success : Errno.EBUSY;
    }

    private static bool HasPopulatedChildLocked(Cgroup group)
    {
        foreach (Cgroup child in group.Children)
        {
            if (child.IsPopulatedLocked)
            {
                return true;
            }
        }

        return false;
    }

    private void RefreshLimitedLocked()
    {
        _limited.Clear();
        Root.Each(group =>
        {
            bool hasTime = group.Cpu.QuotaUs != Cgroup.Max
                && (group.Controllers & CgroupControllers.Cpu) != 0;
            bool hasRoom = Math.Min(group.Memory.Limit, group.Memory.High) != Cgroup.Max
                && (group.Controllers & CgroupControllers.Memory) != 0;
            if (!group.IsRoot && (hasTime || hasRoom))
            {
                _limited.Add(group);
            }
        });
        Monitor.Notice(_limited.Count > 0);
    }
}
