// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Threading;

namespace Moat.Base;

/// <summary>The kernel's only mutual exclusion: a lock that knows its place in the lock order.</summary>
/// <remarks>Debug builds check that ranks rise; release builds compile the check out.</remarks>
public sealed class RankedLock
{
    [ThreadStatic]
    private static ulong s_held;

    private readonly Lock _lock = new();
    private readonly LockRank _rank;

    /// <summary>A lock of the given rank.</summary>
    public RankedLock(LockRank rank) => _rank = rank;

    /// <summary>Takes the lock until the scope is disposed.</summary>
    public Scope Enter() => EnterAs(_rank);

    /// <summary>
    /// Takes the lock until <see cref="GiveUp"/>: for types that are a scope themselves.
    /// </summary>
    public void Take()
    {
        CheckOrder(_rank);
        _lock.Enter();
        MarkHeld(_rank, true);
    }

    /// <summary>Ends <see cref="Take"/>.</summary>
    public void GiveUp()
    {
        MarkHeld(_rank, false);
        _lock.Exit();
    }

    /// <summary>
    /// Takes the lock as the second of its kind, under the rank that follows its own (XNested after X): the
    /// caller says what orders two locks of one rank.
    /// </summary>
    public Scope EnterNested() => EnterAs(_rank + 1);

    /// <summary>The same for chains: takes the lock under the rank that lies so many after its own.</summary>
    public Scope EnterNested(int depth) => EnterAs(_rank + depth);

    /// <summary>True when the calling thread holds this lock.</summary>
    public bool IsHeld => _lock.IsHeldByCurrentThread;

    private Scope EnterAs(LockRank rank)
    {
        CheckOrder(rank);
        _lock.Enter();
        MarkHeld(rank, true);
        return new Scope(this, rank);
    }

    [Conditional("DEBUG")]
    private void CheckOrder(LockRank rank)
    {
        if (_lock.IsHeldByCurrentThread || s_held >> (int)rank != 0)
        {
            throw new InvalidOperationException($"lock order: {rank} taken while holding mask {s_held:x}");
        }
    }

    [Conditional("DEBUG")]
    private static void MarkHeld(LockRank rank, bool held)
    {
        ulong bit = 1UL << (int)rank;
        s_held = held ? s_held | bit : s_held & ~bit;
    }

    /// <summary>Holds the lock; disposing releases it.</summary>
    public readonly ref struct Scope
    {
        private readonly RankedLock _owner;
        private readonly LockRank _heldAs;

        internal Scope(RankedLock owner, LockRank heldAs)
        {
            _owner = owner;
            _heldAs = heldAs;
        }

        /// <summary>Releases the lock.</summary>
        public void Dispose()
        {
            MarkHeld(_heldAs, false);
            _owner._lock.Exit();
        }
    }
}
