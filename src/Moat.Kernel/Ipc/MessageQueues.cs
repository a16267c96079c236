// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>System V message queues: msgget(2), msgsnd(2), msgrcv(2), msgctl(2).</summary>
/// <remarks>Locks: the table's.</remarks>
public sealed class MessageQueues
{
    /// <summary>MSGMNI.</summary>
    public const int MaxQueues = 32000;

    /// <summary>MSGMAX.</summary>
    public const int MaxMessage = 8192;

    /// <summary>MSGMNB.</summary>
    public const int DefaultQueueBytes = 16384;

    internal const int NoError = 0x1000;
    internal const int Except = 0x2000;
    private const int Copy = 0x4000;
    private const int NoWait = 0x800;

    /// <summary>
    /// Room of all queues together, for messages live in the kernel's heap. A message counts 64 bytes more.
    /// </summary>
    private const long TotalRoom = 16 << 20;
    private const int Overhead = 64;
    private long _used;

    /// <summary>All queues.</summary>
    public IpcTable<MessageQueue> Table { get; } = new(MaxQueues);

    /// <summary>msgget(2).</summary>
    public Result<int> Get(Task task, int key, int flags)
    {
        using (Table.Lock.Enter())
        {
            Errno error = Table.FindByKeyLocked(task.Credentials, key, flags, out MessageQueue? found);
            if (error != Errno.Success)
            {
                return error;
            }

            return found is not null
                ? found.Permission.Id
                : Table.AddLocked(new MessageQueue(IpcPermission.Create(task.Credentials, key, flags))
                {
                    ChangeTime = IpcTime.Now(),
                });
        }
    }

    /// <summary>msgsnd(2).</summary>
    public Errno Send(Task task, int id, Message message, int flags)
    {
        if (!Find(id).TryGet(out MessageQueue? queue, out Errno error))
        {
            return error;
        }

        var attempt = new SendAttempt(this, queue, message);
        WaitQueue? wait = (flags & NoWait) != 0 ? null : queue.Changed;
        error = BlockingIo.Run(task, wait, PollEvents.Out, ref attempt, Deadline.Never).Error;
        return error == Errno.ERESTARTSYS ? Errno.ERESTARTNOHAND : error;
    }

    /// <summary>msgrcv(2): takes a message out.</summary>
    public Result<Message> Receive(Task task, int id, ulong room, long type, int flags)
    {
        if (!Find(id).TryGet(out MessageQueue? queue, out Errno error))
        {
            return error;
        }

        if ((flags & Copy) != 0)
        {
            return Peek(task, queue, type, room, flags);
        }

        var attempt = new ReceiveAttempt(this, queue, room, type, flags);
        WaitQueue? wait = (flags & NoWait) != 0 ? null : queue.Changed;
        error = BlockingIo.Run(task, wait, PollEvents.In, ref attempt, Deadline.Never).Error;
        return error switch
        {
            Errno.Success => attempt.Received!,
            Errno.EAGAIN => Errno.ENOMSG,
            Errno.ERESTARTSYS => Errno.ERESTARTNOHAND,
            _ => error,
        };
    }

    /// <summary>IPC_RMID.</summary>
    public Errno Remove(Task task, int id)
    {
        MessageQueue? queue;
        using (Table.Lock.Enter())
        {
            if (!FindForControlLocked(task, id).TryGet(out queue, out Errno error))
            {
                return error;
            }

            foreach (Message message in queue.Messages)
            {
                GiveRoomLocked(message.Text.Length);
            }

            queue.Messages.Clear();
            Table.RemoveLocked(queue);
        }

        queue.Changed.Wake(PollEvents.In | PollEvents.Out);
        return Errno.Success;
    }

    /// <summary>IPC_SET.</summary>
    public Errno Set(Task task, int id, in MessageQueueData data)
    {
        MessageQueue? queue;
        using (Table.Lock.Enter())
        {
            if (!FindForControlLocked(task, id).TryGet(out queue, out Errno error))
            {
                return error;
            }

            if (data.MaximumBytes > DefaultQueueBytes && !task.Credentials.Has(Capability.SysResource))
            {
                return Errno.EPERM;
            }

            queue.Permission.Set(in data.Permission);
            queue.MaximumBytes = data.MaximumBytes;
            queue.ChangeTime = IpcTime.Now();
        }

        queue.Changed.Wake(PollEvents.In | PollEvents.Out);
        return Errno.Success;
    }

    /// <summary>IPC_STAT, MSG_STAT, MSG_STAT_ANY.</summary>
    public Result<(int Id, MessageQueueData Data)> Stat(Task task, int id, bool byIndex, bool checkAccess)
    {
        using (Table.Lock.Enter())
        {
            Result<MessageQueue> found = byIndex ? Table.FindIndexLocked(id) : Table.FindLocked(id);
            if (!found.TryGet(out MessageQueue? queue, out Errno error))
            {
                return error;
            }

            error = checkAccess ? queue.Permission.Check(task.Credentials, 4) : Errno.Success;
            return error == Errno.Success ? (queue.Permission.Id, queue.ToDataLocked()) : error;
        }
    }

    /// <summary>MSG_INFO: queues, messages, bytes, and the highest index.</summary>
    public (int Highest, int Queues, int Messages, int Bytes) GetUsage()
    {
        using (Table.Lock.Enter())
        {
            int messages = 0;
            int bytes = 0;
            foreach (MessageQueue queue in Table.ObjectsLocked())
            {
                messages += queue.Messages.Count;
                bytes += (int)queue.Bytes;
            }

            return (Table.HighestIndexLocked(), Table.Count, messages, bytes);
        }
    }

    internal bool TakeRoomLocked(int size)
    {
        if (_used + size + Overhead > TotalRoom)
        {
            return false;
        }

        _used += size + Overhead;
        return true;
    }

    internal void GiveRoomLocked(int size) => _used -= size + Overhead;

    /// <summary>MSG_COPY: the n-th message, which stays.</summary>
    private Result<Message> Peek(Task task, MessageQueue queue, long index, ulong room, int flags)
    {
        if ((flags & NoWait) == 0 || (flags & Except) != 0)
        {
            return Errno.EINVAL;
        }

        using (Table.Lock.Enter())
        {
            Errno error = queue.Permission.Check(task.Credentials, 4);
            if (error != Errno.Success)
            {
                return error;
            }

            foreach (Message message in queue.Messages)
            {
                if (index-- == 0)
                {
                    return (ulong)message.Text.Length > room && (flags & NoError) == 0 ? Errno.E2BIG
                        : message;
                }
            }

            return Errno.ENOMSG;
        }
    }

    private Result<MessageQueue> Find(int id)
    {
        using (Table.Lock.Enter())
        {
            return Table.FindLocked(id);
        }
    }

    private Result<MessageQueue> FindForControlLocked(Task task, int id)
    {
        if (!Table.FindLocked(id).TryGet(out MessageQueue? queue, out Errno error))
        {
            return error;
        }

        error = queue.Permission.CheckControl(task.Credentials);
        return error == Errno.Success ? queue : error;
    }
}
