// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>
/// The kernel's side of a completion ring; what does not fit waits until the guest makes room.
/// </summary>
/// <remarks>
/// Locks: its own, of rank Object. Invariants: the tail is kept here; the head is the guest's, so that what
/// it says of room may be nonsense, which harms only its own entries.
/// </remarks>
internal sealed class CompletionQueue(RingMemory memory, RingLayout layout, RingLimits limits)
{
    private const uint OverflowFlag = 2;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Queue<CompletionEntry> _waiting = [];
    private uint _tail;
    private ulong _posted;
    private bool _isClosed;

    /// <summary>Woken when entries come.</summary>
    internal WaitQueue WaitQueue { get; } = new();

    /// <summary>How many entries there ever were.</summary>
    internal ulong Posted => Volatile.Read(ref _posted);

    /// <summary>True while entries wait for room.</summary>
    internal bool HasOverflow => _waiting.Count > 0;

    /// <summary>How many entries the guest can take now.</summary>
    internal uint Ready
    {
        get
        {
            using (_lock.Enter())
            {
                return _isClosed ? 0 : ReadyLocked();
            }
        }
    }

    /// <summary>Adds an entry.</summary>
    internal void Post(in CompletionEntry entry)
    {
        using (_lock.Enter())
        {
            if (_isClosed)
            {
                return;
            }

            _posted++;
            if (_waiting.Count > 0 || ReadyLocked() >= layout.Completions)
            {
                PutAsideLocked(entry);
            }
            else
            {
                WriteLocked(entry);
            }
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
    }

    /// <summary>Moves what waits into the ring, as far as there is room.</summary>
    internal void Flush()
    {
        using (_lock.Enter())
        {
            if (_waiting.Count == 0 || _isClosed)
            {
                return;
            }

            while (ReadyLocked() < layout.Completions && _waiting.TryDequeue(out CompletionEntry entry))
            {
                limits.RemoveEntries(1);
                WriteLocked(entry);
            }

            if (_waiting.Count == 0)
            {
                Interlocked.And(ref memory.Word(RingLayout.SubmissionFlags), ~OverflowFlag);
            }
        }
    }

    /// <summary>The memory is about to go.</summary>
    internal void Close()
    {
        using (_lock.Enter())
        {
            _isClosed = true;
            limits.RemoveEntries(_waiting.Count);
            _waiting.Clear();
        }
    }

    private uint ReadyLocked() => _tail - Volatile.Read(ref memory.Word(RingLayout.CompletionHead));

    private void PutAsideLocked(in CompletionEntry entry)
    {
        if (!limits.TryAddEntries(1))
        {
            Interlocked.Increment(ref memory.Word(RingLayout.Overflow));
            return;
        }

        _waiting.Enqueue(entry);
        Interlocked.Or(ref memory.Word(RingLayout.SubmissionFlags), OverflowFlag);
    }

    private void WriteLocked(in CompletionEntry entry)
    {
        int index = (int)(_tail & (layout.Completions - 1));
        int place = RingLayout.FirstCompletion + (index * RingLayout.CompletionSize);
        MemoryMarshal.Write(memory.Span[place..], entry);
        _tail++;
        Volatile.Write(ref memory.Word(RingLayout.CompletionTail), _tail);
    }
}
