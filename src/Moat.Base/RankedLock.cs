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
    public Scope Enter()
    {
        CheckOrder();
        _lock.Enter();
        MarkHeld(true);
        return new Scope(this);
    }

    /// <summary>True when the calling thread holds this lock.</summary>
    public bool IsHeld => _lock.IsHeldByCurrentThread;

    [Conditional("DEBUG")]
    private void CheckOrder()
    {
        if (_lock.IsHeldByCurrentThread || s_held >> (int)_rank != 0)
        {
            throw new InvalidOperationException($"lock order: {_rank} taken while holding mask {s_held:x}");
        }
    }

    [Conditional("DEBUG")]
    private void MarkHeld(bool held)
    {
        ulong bit = 1UL << (int)_rank;
        s_held = held ? s_held | bit : s_held & ~bit;
    }

    /// <summary>Holds the lock; disposing releases it.</summary>
    public readonly ref struct Scope
    {
        private readonly RankedLock _owner;

        internal Scope(RankedLock owner) => _owner = owner;

        /// <summary>Releases the lock.</summary>
        public void Dispose()
        {
            _owner.MarkHeld(false);
            _owner._lock.Exit();
        }
    }
}
