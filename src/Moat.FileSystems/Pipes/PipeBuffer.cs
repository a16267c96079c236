// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Numerics;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Pipes;

/// <summary>
/// What a pipe's or FIFO's two ends share: a ring of bytes and the counts of readers and writers (pipe(7)).
/// </summary>
/// <remarks>
/// Locks: its own, of rank <see cref="LockRank.Object"/>; waiters are woken after it is released.
/// Invariants: 0 &lt;= _count &lt;= _ring.Length; the ring grows by doubling up to the capacity and goes back
/// to the pool when nobody has the pipe open.
/// </remarks>
public sealed class PipeBuffer
{
    /// <summary>Writes up to this size are atomic.</summary>
    public const int AtomicSize = 4096;

    /// <summary>The capacity of a new pipe.</summary>
    public const int DefaultCapacity = 65536;

    /// <summary>The highest capacity without CAP_SYS_RESOURCE (fs.pipe-max-size).</summary>
    public const int MaximumCapacity = 1 << 20;

    private readonly RankedLock _lock = new(LockRank.Object);
    private byte[] _ring = [];

    // Lengths of packets, oldest first, once something was written with O_DIRECT (pipe2(2)).
    private Queue<int>? _packets;
    private int _start;
    private int _count;
    private int _capacity = DefaultCapacity;
    private int _readers;
    private int _writers;
    private int _readerOpens;
    private int _writerOpens;

    /// <summary>Who waits for either end.</summary>
    public WaitQueue WaitQueue { get; } = new();

    /// <summary>How many bytes it may hold (F_GETPIPE_SZ).</summary>
    public int Capacity
    {
        get
        {
            using (_lock.Enter())
            {
                return _capacity;
            }
        }
    }

    /// <summary>How many bytes wait to be read (FIONREAD).</summary>
    public int Available
    {
        get
        {
            using (_lock.Enter())
            {
                return _count;
            }
        }
    }

    /// <summary>
    /// How many times an end was opened so far: a FIFO's open waits for the other end's to change.
    /// </summary>
    internal (int Readers, int Writers, int ReaderOpens, int WriterOpens) Counts
    {
        get
        {
            using (_lock.Enter())
            {
                return (_readers, _writers, _readerOpens, _writerOpens);
            }
        }
    }

    /// <summary>An end, or both for O_RDWR, was opened.</summary>
    internal void Open(bool reader, bool writer)
    {
        using (_lock.Enter())
        {
            _readers += reader ? 1 : 0;
            _readerOpens += reader ? 1 : 0;
            _writers += writer ? 1 : 0;
            _writerOpens += writer ? 1 : 0;
        }

        WaitQueue.Wake(PollEvents.All & ~(PollEvents.Error | PollEvents.HangUp));
    }

    /// <summary>An end was closed.</summary>
    internal void Close(bool reader, bool writer)
    {
        PollEvents events = PollEvents.None;
        using (_lock.Enter())
        {
            _readers -= reader ? 1 : 0;
            _writers -= writer ? 1 : 0;
            if (writer && _writers == 0)
            {
                events |= PollEvents.HangUp | PollEvents.In | PollEvents.ReadNormal;
            }

            if (reader && _readers == 0)
            {
                events |= PollEvents.Error | PollEvents.Out | PollEvents.WriteNormal;
            }

            if (_readers == 0 && _writers == 0)
            {
                ReleaseRingLocked();
            }
        }

        if (events != 0)
        {
            WaitQueue.Wake(events);
        }
    }

    /// <summary>Takes bytes; 0 at the end of file, EAGAIN when there are none yet.</summary>
    public Result<int> Read(Span<byte> buffer) => Read(buffer, consume: true);

    /// <summary>Copies bytes without taking them (tee(2), splice(2)).</summary>
    public Result<int> Peek(Span<byte> buffer) => Read(buffer, consume: false);

    /// <summary>
    /// The same as one or more packets of at most <see cref="AtomicSize"/> bytes, which reads keep apart.
    /// </summary>
    public Result<int> WritePacket(ReadOnlySpan<byte> buffer)
    {
        using (_lock.Enter())
        {
            _packets ??= new Queue<int>();
        }

        return Write(buffer[..Math.Min(buffer.Length, AtomicSize)]);
    }

    /// <summary>
    /// Puts bytes in: all of them up to <see cref="AtomicSize"/>, else what fits; EAGAIN, EPIPE.
    /// </summary>
    public Result<int> Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int written;
        using (_lock.Enter())
        {
            if (_readers == 0)
            {
                return Errno.EPIPE;
            }

            int free = _capacity - _count;
            if (buffer.Length <= AtomicSize ? free < buffer.Length : free == 0)
            {
                return Errno.EAGAIN;
            }

            written = Math.Min(buffer.Length, free);
            // A ring index is also a place within a page of Linux's: an empty pipe begins a new one.
            _start = _count == 0 ? 0 : _start;
            GrowLocked(_count + written);
            int end = (_start + _count) & (_ring.Length - 1);
            int first = Math.Min(written, _ring.Length - end);
            buffer[..first].CopyTo(_ring.AsSpan(end));
            buffer[first..written].CopyTo(_ring);
            _count += written;
            _packets?.Enqueue(written);
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return written;
    }

    /// <summary>
    /// Puts bytes back at the front that were taken and not delivered: whole pages, or packets (pipe_read).
    /// </summary>
    /// <param name="bytes">All that was taken.</param>
    /// <param name="delivered">How much of it went before the fault.</param>
    /// <returns>How much stays taken.</returns>
    internal int GiveBack(ReadOnlySpan<byte> bytes, int delivered)
    {
        int kept;
        using (_lock.Enter())
        {
            int end = _start - bytes.Length + delivered;
            kept = _packets is null ? Math.Max(delivered - (end & (AtomicSize - 1)), 0) : 0;
            bytes = bytes[kept..];
            GrowLocked(_count + bytes.Length);
            _start = (_start - bytes.Length) & (_ring.Length - 1);
            int first = Math.Min(bytes.Length, _ring.Length - _start);
            bytes[..first].CopyTo(_ring.AsSpan(_start));
            bytes[first..].CopyTo(_ring);
            _count += bytes.Length;
            PutPacketFirstLocked(bytes.Length);
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return kept;
    }

    /// <summary>F_SETPIPE_SZ: rounds up to a power of two pages.</summary>
    /// <returns>
    /// The new capacity; EPERM above the unprivileged maximum; EBUSY when it holds more than that.
    /// </returns>
    public Result<int> SetCapacity(uint wanted, bool privileged)
    {
        if (wanted > int.MaxValue)
        {
            return Errno.EINVAL;
        }

        int size = Math.Max(4096, (int)Math.Min(BitOperations.RoundUpToPowerOf2(wanted), 1u << 30));
        if (size > MaximumCapacity)
        {
            // Even privileged guests get no more: the ring is the kernel process's memory.
            return privileged ? Errno.ENOMEM : Errno.EPERM;
        }

        using (_lock.Enter())
        {
            if (size < _count)
            {
                return Errno.EBUSY;
            }

            _capacity = size;
        }

        WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        return size;
    }

    /// <summary>Readiness of an end.</summary>
    /// <param name="reader">The file reads.</param>
    /// <param name="writer">The file writes.</param>
    /// <param name="writerOpensSeen">How many writers had been there when a FIFO's reader opened: no hang-up
    /// before the next one.</param>
    internal PollEvents Poll(bool reader, bool writer, int writerOpensSeen)
    {
        PollEvents events = PollEvents.None;
        using (_lock.Enter())
        {
            if (reader)
            {
                events |= _count > 0 ? PollEvents.In | PollEvents.ReadNormal : 0;
                events |= _writers == 0 && _writerOpens != writerOpensSeen ? PollEvents.HangUp : 0;
            }

            if (writer)
            {
                events |= _capacity - _count >= AtomicSize ? PollEvents.Out | PollEvents.WriteNormal : 0;
                events |= _readers == 0 ? PollEvents.Error : 0;
            }
        }

        return events;
    }

    private Result<int> Read(Span<byte> buffer, bool consume)
    {
        int taken;
        bool nowWritable;
        using (_lock.Enter())
        {
            if (_count == 0)
            {
                return _writers == 0 || buffer.IsEmpty ? 0 : Errno.EAGAIN;
            }

            int packet = _packets is { Count: > 0 } ? _packets.Peek() : _count;
            taken = Math.Min(buffer.Length, packet);
            int first = Math.Min(taken, _ring.Length - _start);
            _ring.AsSpan(_start, first).CopyTo(buffer);
            _ring.AsSpan(0, taken - first).CopyTo(buffer[first..]);
            if (!consume)
            {
                return taken;
            }

            bool wasWritable = _capacity - _count >= AtomicSize;
            // What of a packet does not fit is lost.
            int gone = _packets is { Count: > 0 } ? _packets.Dequeue() : taken;
            _start = (_start + gone) & (_ring.Length - 1);
            _count -= gone;
            nowWritable = !wasWritable && _capacity - _count >= AtomicSize;
        }

        if (nowWritable)
        {
            WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        }

        return taken;
    }

    private void PutPacketFirstLocked(int length)
    {
        _packets?.Enqueue(length);
        for (int others = (_packets?.Count ?? 0) - 1; others > 0; others--)
        {
            _packets!.Enqueue(_packets.Dequeue());
        }
    }

    private void GrowLocked(int needed)
    {
        if (needed <= _ring.Length)
        {
            return;
        }

        // The pool's arrays have power-of-two sizes; the ring's arithmetic relies on that.
        byte[] larger =
            ArrayPool<byte>.Shared.Rent(Math.Max(4096, (int)BitOperations.RoundUpToPowerOf2((uint)needed)));
        int start = _start & (AtomicSize - 1);
        int first = Math.Min(_count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger.AsSpan(start));
        _ring.AsSpan(0, _count - first).CopyTo(larger.AsSpan(start + first));
        ReturnRing();
        _ring = larger;
        _start = start;
    }

    private void ReleaseRingLocked()
    {
        ReturnRing();
        _ring = [];
        _start = 0;
        _count = 0;
        _packets = null;
    }

    private void ReturnRing()
    {
        if (_ring.Length > 0)
        {
            // One guest's bytes must not show up in another's buffers by some later mistake.
            ArrayPool<byte>.Shared.Return(_ring, clearArray: true);
        }
    }
}
