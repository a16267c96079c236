// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Threading;
using Moat.Kernel.Tasks;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>
/// Process numbers of their own (pid_namespaces(7)). The kernel itself uses the initial namespace's numbers
/// everywhere; they are translated where a guest sees or names them.
/// </summary>
/// <remarks>Locks: numbers are given out and back under the task tree's; they are read without.</remarks>
public sealed class PidNamespace : GuestNamespace
{
    /// <summary>How deep they nest.</summary>
    public const int MaximumLevel = 32;

    private bool _isDead;
    private int _last;

    /// <summary>The initial one.</summary>
    public PidNamespace()
        : base(NamespaceKind.Pid, UserNamespace.Initial, 4026531836)
    {
    }

    /// <summary>A child of a namespace.</summary>
    public PidNamespace(PidNamespace parent, UserNamespace owner)
        : base(NamespaceKind.Pid, owner, 0)
    {
        Parent = parent;
        Level = parent.Level + 1;
    }

    /// <summary>The one above; null for the initial one.</summary>
    public PidNamespace? Parent { get; }

    /// <summary>How many are above it.</summary>
    public int Level { get; }

    /// <summary>Its first process, once there is one: it adopts orphans, and all ends with it.</summary>
    public ThreadGroup? Init { get; internal set; }

    /// <summary>True once its first process has ended: nothing can be made in it any more.</summary>
    public bool IsDead
    {
        get => Volatile.Read(ref _isDead);
        internal set => Volatile.Write(ref _isDead, value);
    }

    /// <summary>The kernel's number of each of its own; nothing in the initial one.</summary>
    internal ConcurrentDictionary<int, int> Globals { get; } = new(1, 7);

    /// <summary>True when the other one is this one or below it.</summary>
    public bool IsAbove(PidNamespace other)
    {
        PidNamespace? at = other;
        while (at is not null && at != this)
        {
            at = at.Parent;
        }

        return at is not null;
    }

    /// <summary>
    /// A free number, larger than the last one until they wrap, or the one that is wanted; 0 when it is
    /// taken, or all are.
    /// </summary>
    internal int AllocateLocked(int global, int wanted)
    {
        if (wanted != 0)
        {
            return Globals.TryAdd(wanted, global) ? wanted : 0;
        }

        for (int tries = 0; tries < TaskTree.MaxId; tries++)
        {
            _last = _last + 1 >= TaskTree.MaxId ? 2 : _last + 1;
            if (Globals.TryAdd(_last, global))
            {
                return _last;
            }
        }

        return 0;
    }
}
