// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Events;

/// <summary>An eventfd (eventfd(2)): a counter that waits to be read.</summary>
/// <remarks>Locks: its own, of rank Object.</remarks>
public sealed class EventFile : OpenFile
{
    private const ulong Maximum = ulong.MaxValue - 1;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly InodeAttributes _attributes;
    private readonly bool _semaphore;
    private ulong _count;

    /// <summary>A counter with a start value.</summary>
    public EventFile(Caller caller, uint initial, bool semaphore, bool nonBlocking)
        : base(OpenFlags.ReadWrite | (nonBlocking ? OpenFlags.NonBlock : 0))
    {
        _count = initial;
        _semaphore = semaphore;
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[eventfd]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue { get; } = new();

    /// <summary>The counter, for /proc/PID/fdinfo.</summary>
    public ulong Count
    {
        get
        {
            using (_lock.Enter())
            {
                return _count;
            }
        }
    }

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>noop_llseek: the position is always 0.</summary>
    public override Result<long> Seek(Caller caller, long offset, int whence) => 0L;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller)
    {
        ulong count = Count;
        PollEvents events = count > 0 ? PollEvents.In | PollEvents.ReadNormal : 0;
        return events | (count < Maximum ? PollEvents.Out | PollEvents.WriteNormal : 0);
    }

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        if (buffer.Length < 8)
        {
            return Errno.EINVAL;
        }

        ulong taken;
        using (_lock.Enter())
        {
            if (_count == 0)
            {
                return Errno.EAGAIN;
            }

            taken = _semaphore ? 1 : _count;
            _count -= taken;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(buffer, taken);
        WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        return 8;
    }

    /// <summary>Half a number is none, though the counter has been taken.</summary>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered) => 0;

    /// <inheritdoc/>
    public override int WriteUnit => 8;

    /// <inheritdoc/>
    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length < 8)
        {
            return Errno.EINVAL;
        }

        ulong added = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
        if (added == ulong.MaxValue)
        {
            return Errno.EINVAL;
        }

        using (_lock.Enter())
        {
            if (added > Maximum - _count)
            {
                return Errno.EAGAIN;
            }

            _count += added;
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return 8;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
    }
}
