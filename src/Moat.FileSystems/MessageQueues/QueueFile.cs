// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.MessageQueues;

/// <summary>An open message queue: read(2) tells its state, messages go by their own calls.</summary>
/// <remarks>Locks: its own, of rank FilePosition, for the position.</remarks>
public sealed class QueueFile : InodeFile
{
    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private long _position;

    internal QueueFile(QueueInode inode, Location location, OpenFlags flags)
        : base(location, flags) => Queue = inode.Queue;

    /// <summary>The queue.</summary>
    public PosixQueue Queue { get; }

    /// <inheritdoc/>
    public override WaitQueue WaitQueue => Queue.Changed;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller) => Queue.Poll();

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        using (_lock.Enter())
        {
            Result<int> count = ReadAt(caller, buffer, _position);
            _position += count.IsOk ? count.Value : 0;
            return count;
        }
    }

    /// <inheritdoc/>
    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
    {
        (long bytes, int notify, int signal, int pid) = Queue.Describe();
        var text = new ContentWriter();
        text.Append($"QSIZE:{bytes,-10} NOTIFY:{notify,-5} SIGNO:{signal,-5} NOTIFY_PID:{pid,-6}\n");
        ReadOnlySpan<byte> rest = offset < text.Written.Length ? text.Written[(int)offset..] : [];
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }

    /// <inheritdoc/>
    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        const int ContentSize = 80;
        using (_lock.Enter())
        {
            long target = whence switch
            {
                0 => offset, 1 => _position + offset, 2 => ContentSize + offset, _ => -1,
            };
            return target < 0 ? Errno.EINVAL : _position = target;
        }
    }

    /// <inheritdoc/>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered)
    {
        _ = Seek(caller, delivered - bytes.Length, 1);
        return delivered;
    }

    /// <inheritdoc/>
    public override Errno OnDescriptorClosed(Caller caller)
    {
        Queue.EndNotify(((Task)caller).Group);
        return base.OnDescriptorClosed(caller);
    }
}
