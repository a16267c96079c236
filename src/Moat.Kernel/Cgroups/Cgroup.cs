// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Cgroups;

/// <summary>A control group of version 2: processes, limits, and groups below it (cgroups(7)).</summary>
/// <remarks>
/// Locks: the tree lock guards everything here; what is marked volatile is also read without.
/// Invariants: a dead group has neither processes nor children and takes none.
/// </remarks>
public sealed class Cgroup
{
    /// <summary>No limit: "max".</summary>
    public const long Max = long.MaxValue;

    private static long s_number;
    private ConcurrentDictionary<string, CgroupFileOwner>? _owners;
    private volatile bool _isHalted;

    internal Cgroup(Cgroup? parent, byte[] name)
    {
        Parent = parent;
        Name = name;
        Level = parent is null ? 0 : parent.Level + 1;
        _isHalted = parent?.IsHalted ?? false;
    }

    /// <summary>The group above; null for the root.</summary>
    public Cgroup? Parent { get; }

    /// <summary>Its name in its parent; empty for the root.</summary>
    public byte[] Name { get; }

    /// <summary>Its depth below the root.</summary>
    public int Level { get; }

    public bool IsRoot => Parent is null;

    /// <summary>True once it has been removed.</summary>
    public bool IsDead { get; internal set; }

    /// <summary>The groups below, in the order they were made.</summary>
    internal List<Cgroup> Children { get; } = [];

    /// <summary>Its living processes.</summary>
    internal HashSet<ThreadGroup> Processes { get; } = [];

    /// <summary>How many groups are below it.</summary>
    public int Descendants { get; internal set; }

    /// <summary>What its children have: cgroup.subtree_control.</summary>
    public CgroupControllers ForChildren { get; internal set; }

    /// <summary>What acts on it: cgroup.controllers.</summary>
    public CgroupControllers Controllers => Parent?.ForChildren ?? CgroupControllers.All;

    /// <summary>cgroup.max.depth and cgroup.max.descendants.</summary>
    public long MaxDepth { get; set; } = Max;

    /// <inheritdoc cref="MaxDepth"/>
    public long MaxDescendants { get; set; } = Max;

    /// <summary>cgroup.freeze: itself; <see cref="IsHalted"/> also counts those above.</summary>
    public bool IsFrozen { get; internal set; }

    /// <summary>True while its processes must not run: it or one above is frozen.</summary>
    internal bool IsHalted
    {
        get => _isHalted;
        set => _isHalted = value;
    }

    /// <summary>Who made it, and owns what nobody has given to somebody else.</summary>
    public uint Uid { get; init; }

    /// <inheritdoc cref="Uid"/>
    public uint Gid { get; init; }

    /// <summary>A number for its directory.</summary>
    public ulong Number { get; } = (ulong)Interlocked.Increment(ref s_number);


    /// <summary>Counts tasks, here and below.</summary>
    public CgroupPids Pids { get; } = new();

    /// <summary>CPU time and its limit.</summary>
    public CgroupCpu Cpu { get; } = new();

    /// <summary>Memory limits and what came of them.</summary>
    public CgroupMemory Memory { get; } = new();

    /// <summary>True while it or one below has processes.</summary>
    public bool IsPopulatedLocked
    {
        get
        {
            bool any = false;
            Each(group => any |= group.Processes.Count > 0);
            return any;
        }
    }

    /// <summary>
    /// Processes beside controllers: they share it as threads of one domain do, and groups below take none.
    /// </summary>
    internal bool IsThreadRootLocked =>
        !IsRoot && Processes.Count > 0 && (ForChildren & CgroupControllers.Threaded) != 0;

    /// <summary>cgroup.type.</summary>
    public string TypeLocked => IsInvalidLocked ? "domain invalid"
        : IsThreadRootLocked ? "domain threaded" : "domain";

    /// <summary>True below a group whose processes share controllers: nobody can live here.</summary>
    public bool IsInvalidLocked
    {
        get
        {
            for (Cgroup? above = Parent; above is not null; above = above.Parent)
            {
                if (above.IsThreadRootLocked)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>True for the group itself and those above it.</summary>
    public bool IsAncestorOf(Cgroup other)
    {
        Cgroup? at = other;
        while (at is not null && at != this)
        {
            at = at.Parent;
        }

        return at == this;
    }

    /// <summary>Owner and permissions of one of its files, or with no name of its directory.</summary>
    public CgroupFileOwner OwnerOf(string file, uint permissions) =>
        Volatile.Read(ref _owners) is { } owners && owners.TryGetValue(file, out CgroupFileOwner? given)
            ? given : new CgroupFileOwner(Uid, Gid, permissions);

    /// <summary>chmod and chown.</summary>
    public void SetOwner(string file, CgroupFileOwner owner) =>
        LazyInitializer.EnsureInitialized(
            ref _owners, static () => new ConcurrentDictionary<string, CgroupFileOwner>(1, 3))[file] = owner;

    /// <summary>A group below, by its name; null for none.</summary>
    public Cgroup? FindChildLocked(ReadOnlySpan<byte> name)
    {
        foreach (Cgroup child in Children)
        {
            if (name.SequenceEqual(child.Name))
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>The groups below.</summary>
    public IReadOnlyList<Cgroup> ChildrenLocked => Children;

    /// <summary>The living processes in it.</summary>
    public IReadOnlyCollection<ThreadGroup> ProcessesLocked => Processes;

    /// <summary>Visits it and all groups below.</summary>
    internal void Each(Action<Cgroup> visit)
    {
        // Their depth is the guest's to choose: no recursion.
        var open = new Stack<Cgroup>();
        open.Push(this);
        while (open.TryPop(out Cgroup? next))
        {
            visit(next);
            foreach (Cgroup child in next.Children)
            {
                open.Push(child);
            }
        }
    }

    /// <summary>A process begins to live here.</summary>
    internal void AddLocked(ThreadGroup process)
    {
        Processes.Add(process);
        process.Cgroup = this;
        Cpu.JoinLocked(process);
    }

    /// <summary>A process has ended, or is about to move.</summary>
    internal void RemoveLocked(ThreadGroup process)
    {
        if (Processes.Remove(process))
        {
            Cpu.LeaveLocked(process);
        }
    }
}
