// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Ipc;

/// <summary>
/// What bounds the POSIX message queues of an IPC namespace: /proc/sys/fs/mqueue, RLIMIT_MSGQUEUE, and the
/// room that messages may take in the kernel process.
/// </summary>
/// <remarks>Locks: a leaf lock for the counts; settings are read and written one by one.</remarks>
public sealed class PosixQueueLimits
{
    /// <summary>HARD_MSGMAX.</summary>
    public const long HardMaximumMessages = 65536;

    /// <summary>HARD_MSGSIZEMAX.</summary>
    public const long HardMessageSize = 16 << 20;

    /// <summary>MQ_PRIO_MAX.</summary>
    public const uint MaximumPriority = 32768;

    private const long TotalRoom = 64 << 20;
    private const int HeaderBytes = 48;
    private const int NodeBytes = 48;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<uint, long> _bytesOfUsers = [];
    private int _queues;
    private long _room;

    /// <summary>queues_max.</summary>
    public long Queues { get; set; } = 256;

    /// <summary>msg_max.</summary>
    public long Messages { get; set; } = 10;

    /// <summary>msgsize_max.</summary>
    public long Size { get; set; } = 8192;

    /// <summary>msg_default.</summary>
    public long DefaultMessages { get; set; } = 10;

    /// <summary>msgsize_default.</summary>
    public long DefaultSize { get; set; } = 8192;

    /// <summary>Checks a new queue's attributes and counts it against its owner.</summary>
    /// <param name="task">Who makes it.</param>
    /// <param name="wanted">mq_maxmsg and mq_msgsize; null for the defaults.</param>
    /// <returns>ENOSPC, EINVAL, EOVERFLOW, EMFILE.</returns>
    internal Result<PosixQueue> Charge(Task task, QueueAttributes? wanted)
    {
        bool privileged = task.Credentials.Has(Capability.SysResource);
        long messages = wanted?.MaximumMessages ?? System.Math.Min(Messages, DefaultMessages);
        long size = wanted?.MessageSize ?? System.Math.Min(Size, DefaultSize);
        if (messages <= 0 || size <= 0
            || messages > (privileged ? HardMaximumMessages : Messages)
            || size > (privileged ? HardMessageSize : Size))
        {
            return Errno.EINVAL;
        }

        long bytes = (messages * (HeaderBytes + size))
            + (System.Math.Min(messages, MaximumPriority) * NodeBytes);
        uint uid = task.Credentials.Uid;
        using (_lock.Enter())
        {
            if (_queues >= Queues && !privileged)
            {
                return Errno.ENOSPC;
            }

            long used = _bytesOfUsers.GetValueOrDefault(uid);
            if ((ulong)(used + bytes) > task.Group.Limits.Soft(Resource.MessageQueues))
            {
                return Errno.EMFILE;
            }

            _bytesOfUsers[uid] = used + bytes;
            _queues++;
        }

        return new PosixQueue(this, uid, bytes, messages, size);
    }

    /// <summary>A queue is gone.</summary>
    internal void Refund(uint uid, long bytes)
    {
        using (_lock.Enter())
        {
            _queues--;
            long left = _bytesOfUsers[uid] - bytes;
            if (left == 0)
            {
                _bytesOfUsers.Remove(uid);
            }
            else
            {
                _bytesOfUsers[uid] = left;
            }
        }
    }

    /// <summary>Room for a message; false when all queues together hold too much.</summary>
    internal bool TakeRoom(long bytes)
    {
        using (_lock.Enter())
        {
            if (_room + bytes > TotalRoom)
            {
                return false;
            }

            _room += bytes;
            return true;
        }
    }

    internal void GiveRoom(long bytes)
    {
        using (_lock.Enter())
        {
            _room -= bytes;
        }
    }
}
