// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>A POSIX message queue (mq_overview(7)): messages by priority, who hears of the first.</summary>
/// <remarks>Locks: its own, of rank Object.</remarks>
public sealed class PosixQueue
{
    private const int MessageOverhead = 64;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly PosixQueueLimits _limits;
    private readonly uint _owner;
    private readonly long _charged;
    private readonly SortedDictionary<uint, Queue<byte[]>> _messages =
        new(Comparer<uint>.Create(static (a, b) => b.CompareTo(a)));
    private long _count;
    private long _bytes;
    private int _waitingReceivers;
    private bool _isGone;
    private ThreadGroup? _notified;
    private SignalEvent _notification;

    internal PosixQueue(PosixQueueLimits limits, uint owner, long charged, long messages, long size)
    {
        _limits = limits;
        _owner = owner;
        _charged = charged;
        MaximumMessages = messages;
        MessageSize = size;
    }

    /// <summary>mq_maxmsg.</summary>
    public long MaximumMessages { get; }

    /// <summary>mq_msgsize.</summary>
    public long MessageSize { get; }

    /// <summary>Who waits for messages or for room.</summary>
    public WaitQueue Changed { get; } = new();

    /// <summary>A new queue, counted against its owner.</summary>
    public static Result<PosixQueue> Create(Task task, PosixQueueLimits limits, QueueAttributes? wanted) =>
        limits.Charge(task, wanted);

    /// <summary>Present readiness.</summary>
    public PollEvents Poll()
    {
        using (_lock.Enter())
        {
            PollEvents events = _count > 0 ? PollEvents.In | PollEvents.ReadNormal : 0;
            return events | (_count < MaximumMessages ? PollEvents.Out | PollEvents.WriteNormal : 0);
        }
    }

    /// <summary>All but the flags, which are the descriptor's.</summary>
    public QueueAttributes GetAttributes()
    {
        using (_lock.Enter())
        {
            return new QueueAttributes
            {
                MaximumMessages = MaximumMessages, MessageSize = MessageSize, CurrentMessages = _count,
            };
        }
    }

    /// <summary>What reading the queue's file shows: bytes and who is to be told.</summary>
    public (long Bytes, int Notify, int Signal, int Pid) Describe()
    {
        using (_lock.Enter())
        {
            bool signals = _notified is not null && _notification.Notify == SignalEvent.SIGEV_SIGNAL;
            return (_bytes, _notified is null ? 0 : _notification.Notify, signals ? _notification.Number : 0,
                _notified?.ProcessId ?? 0);
        }
    }

    /// <summary>Puts a message in; EAGAIN when there is no room.</summary>
    internal Errno TrySend(Task sender, byte[] text, uint priority)
    {
        ThreadGroup? told = null;
        SignalEvent notification = default;
        using (_lock.Enter())
        {
            if (_count >= MaximumMessages)
            {
                return Errno.EAGAIN;
            }

            if (!_limits.TakeRoom(text.Length + MessageOverhead))
            {
                return Errno.ENOMEM;
            }

            if (!_messages.TryGetValue(priority, out Queue<byte[]>? same))
            {
                _messages[priority] = same = new Queue<byte[]>();
            }

            same.Enqueue(text);
            _bytes += text.Length;
            _count++;

            // A receiver that waits gets it: then nobody is told (mq_notify(3)).
            if (_count == 1 && _waitingReceivers == 0 && _notified is not null)
            {
                (told, notification) = (_notified, _notification);
                _notified = null;
            }
        }

        Changed.Wake(PollEvents.In | PollEvents.ReadNormal);
        if (told is not null && notification is { Notify: SignalEvent.SIGEV_SIGNAL, Number: not 0 })
        {
            _ = SignalSender.SendToProcess(told, new SigInfo
            {
                Number = notification.Number, Code = SigInfo.SI_MESGQ, Value = notification.Value,
                Pid = sender.Group.ProcessId, Uid = sender.Credentials.Uid,
            });
        }

        return Errno.Success;
    }

    /// <summary>Takes the oldest message of the highest priority; EAGAIN when there is none.</summary>
    /// <param name="waits">Counts the caller as a waiting receiver when there is none.</param>
    /// <param name="priority">The message's.</param>
    /// <param name="text">The message.</param>
    internal Errno TryReceive(ref bool waits, out uint priority, out byte[] text)
    {
        using (_lock.Enter())
        {
            priority = 0;
            text = [];
            if (_count == 0)
            {
                _waitingReceivers += waits ? 0 : 1;
                waits = true;
                return Errno.EAGAIN;
            }

            foreach ((uint highest, Queue<byte[]> same) in _messages)
            {
                priority = highest;
                text = same.Dequeue();
                if (same.Count == 0)
                {
                    _messages.Remove(highest);
                }

                break;
            }

            _bytes -= text.Length;
            _count--;
        }

        _limits.GiveRoom(text.Length + MessageOverhead);
        Changed.Wake(PollEvents.Out | PollEvents.WriteNormal);
        return Errno.Success;
    }

    /// <summary>A receiver stops waiting.</summary>
    internal void EndWait()
    {
        using (_lock.Enter())
        {
            _waitingReceivers--;
        }
    }

    /// <summary>mq_notify(3): asks to be told of the next message to an empty queue; EBUSY.</summary>
    public Errno Notify(ThreadGroup process, in SignalEvent notification)
    {
        using (_lock.Enter())
        {
            if (_notified is not null)
            {
                return Errno.EBUSY;
            }

            _notified = process;
            _notification = notification;
            return Errno.Success;
        }
    }

    /// <summary>The process no longer wants to be told, or has closed the queue.</summary>
    public void EndNotify(ThreadGroup process)
    {
        using (_lock.Enter())
        {
            if (_notified == process)
            {
                _notified = null;
            }
        }
    }

    /// <summary>No name and no descriptor is left: gives back what it holds; once.</summary>
    public void Free()
    {
        using (_lock.Enter())
        {
            if (_isGone)
            {
                return;
            }

            _isGone = true;
            _messages.Clear();
        }

        _limits.GiveRoom(_bytes + (_count * MessageOverhead));
        _limits.Refund(_owner, _charged);
    }
}
