// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Aio;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Aio;

/// <summary>
/// An AIO context: a ring of events in guest memory, and requests that wait (struct kioctx).
/// </summary>
/// <remarks>
/// Locks: its own, of rank Object. Invariants: the ring is touched only while the context lives. Head and
/// tail in it are the guest's to change; where the next event goes is kept here, and indices are taken modulo
/// the size.
/// </remarks>
public sealed class AioContext
{
    private const int HeaderSize = 32;
    private const int EventSize = 32;
    private const int PageSize = 4096;
    private const int HeadOffset = 8;
    private const int TailOffset = 12;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly LinkedList<AioPoll> _waiting = [];
    private readonly RingMemory _ring;
    private readonly AioLimits _limits;
    private readonly uint _requests;
    private readonly uint _count;
    private uint _tail;
    private uint _active;
    private bool _isDead;

    internal AioContext(RingMemory ring, ulong address, uint requests, AioLimits limits)
    {
        _ring = ring;
        _limits = limits;
        _requests = requests;
        Address = address;
        _count = (uint)((ring.Length - HeaderSize) / EventSize);
    }

    /// <summary>Guest address of the ring, which is the context's id.</summary>
    public ulong Address { get; }

    /// <summary>Woken when events come.</summary>
    public WaitQueue WaitQueue { get; } = new();

    /// <summary>Bytes of its mapping.</summary>
    public ulong Length => (ulong)_ring.Length;

    internal static int RingBytes(uint requests, int cpus)
    {
        long events = (Math.Max(requests, (uint)cpus * 4L) * 2) + 2;
        return (int)((HeaderSize + (events * EventSize) + PageSize - 1) / PageSize * PageSize);
    }

    /// <summary>Room for a request: EAGAIN.</summary>
    public Errno Begin()
    {
        using (_lock.Enter())
        {
            if (_isDead)
            {
                return Errno.EINVAL;
            }

            uint head = Volatile.Read(ref _ring.Word(HeadOffset)) % _count;
            uint unread = (_tail + _count - head) % _count;
            if (_active + unread >= _count - 1)
            {
                return Errno.EAGAIN;
            }

            _active++;
            return Errno.Success;
        }
    }

    /// <summary>The request was refused after all.</summary>
    public void Abandon()
    {
        using (_lock.Enter())
        {
            _active--;
        }
    }

    /// <summary>A request is done: its event goes to the ring.</summary>
    public void Complete(in AioEvent done)
    {
        using (_lock.Enter())
        {
            if (_isDead)
            {
                return;
            }

            CompleteLocked(done);
        }

        WaitQueue.Wake(PollEvents.In);
    }

    /// <summary>A request begins to wait.</summary>
    internal bool Add(AioPoll poll)
    {
        using (_lock.Enter())
        {
            if (!_isDead)
            {
                _waiting.AddLast(poll.Place);
            }

            return !_isDead;
        }
    }

    /// <summary>A request that waits is done; false when somebody else has ended it.</summary>
    internal bool Finish(AioPoll poll, in AioEvent done)
    {
        using (_lock.Enter())
        {
            if (_isDead || poll.Place.List is null)
            {
                return false;
            }

            _waiting.Remove(poll.Place);

            CompleteLocked(done);
        }

        WaitQueue.Wake(PollEvents.In);
        return true;
    }

    /// <summary>The request of an iocb, if it waits.</summary>
    public AioPoll? FindWaiting(ulong request)
    {
        using (_lock.Enter())
        {
            foreach (AioPoll poll in _waiting)
            {
                if (poll.Request == request)
                {
                    return poll;
                }
            }

            return null;
        }
    }

    /// <summary>Takes events from the ring.</summary>
    /// <returns>How many; EFAULT, with none taken; EINVAL when the context is gone.</returns>
    public Result<int> Read(UserMemory memory, ulong address, long most)
    {
        const int Attempts = 64;
        for (int i = 0; i < Attempts; i++)
        {
            Result<int> taken = TryRead(memory, address, most, out bool raced);
            if (!raced)
            {
                return taken;
            }
        }

        return 0;
    }

    internal void Initialize(uint id)
    {
        _ring.Word(0) = id;
        _ring.Word(4) = _count;
        _ring.Word(16) = 0xa10a10a1;
        _ring.Word(20) = 1;
        _ring.Word(28) = HeaderSize;
    }

    /// <summary>Nothing comes any more; what waits is forgotten.</summary>
    internal void Kill()
    {
        AioPoll[] waiting;
        using (_lock.Enter())
        {
            _isDead = true;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (AioPoll poll in waiting)
        {
            poll.Leave();
        }

        _ring.Release();
        _limits.Return(_requests);
        WaitQueue.Wake(PollEvents.All);
    }

    // Another reader, or the guest itself, may take the same events: then the head has moved meanwhile.
    private Result<int> TryRead(UserMemory memory, ulong address, long most, out bool raced)
    {
        raced = false;
        const int Batch = 64;
        Span<AioEvent> events = stackalloc AioEvent[Batch];
        int count = 0;
        uint head;
        uint seen;
        using (_lock.Enter())
        {
            if (_isDead)
            {
                return Errno.EINVAL;
            }

            seen = Volatile.Read(ref _ring.Word(HeadOffset));
            head = seen % _count;
            uint tail = Volatile.Read(ref _ring.Word(TailOffset)) % _count;
            while (head != tail && count < Math.Min(most, Batch))
            {
                events[count++] = MemoryMarshal.Read<AioEvent>(EventAt(head));
                head = (head + 1) % _count;
            }
        }

        if (count == 0)
        {
            return 0;
        }

        Errno error = memory.WriteArray<AioEvent>(address, events[..count]);
        if (error != Errno.Success)
        {
            return error;
        }

        using (_lock.Enter())
        {
            if (_isDead)
            {
                return count;
            }

            raced = Interlocked.CompareExchange(ref _ring.Word(HeadOffset), head, seen) != seen;
            return count;
        }
    }

    private Span<byte> EventAt(uint index) =>
        _ring.Span.Slice(HeaderSize + ((int)index * EventSize), EventSize);

    private void CompleteLocked(in AioEvent done)
    {
        _active--;
        MemoryMarshal.Write(EventAt(_tail), done);
        _tail = (_tail + 1) % _count;
        Volatile.Write(ref _ring.Word(TailOffset), _tail);
    }
}
