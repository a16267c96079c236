// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>msgget(2), msgsnd(2), msgrcv(2), msgctl(2).</summary>
public static class MessageCalls
{
    /// <summary>msgget(2).</summary>
    [Syscall("msgget")]
    public static SysResult Get(Task task, int key, int flags) =>
        task.Ipc.MessageQueues.Get(task, key, flags);

    /// <summary>msgsnd(2): the buffer begins with the type.</summary>
    [Syscall("msgsnd")]
    public static SysResult Send(Task task, int id, GuestBuffer buffer, ulong size, int flags)
    {
        Errno error = task.Memory.Read(buffer.Address, out long type);
        if (error != Errno.Success)
        {
            return error;
        }

        if (size > MessageQueues.MaxMessage || id < 0 || type < 1)
        {
            return Errno.EINVAL;
        }

        byte[] text = new byte[size];
        error = task.Memory.Read(buffer.Address + sizeof(long), text);
        return error != Errno.Success
            ? error
            : task.Ipc.MessageQueues.Send(task, id, new Message(type, text), flags);
    }

    /// <summary>msgrcv(2): the size of the text.</summary>
    [Syscall("msgrcv")]
    public static SysResult Receive(Task task, int id, GuestBuffer buffer, ulong size, long type, int flags)
    {
        if (id < 0 || (long)size < 0)
        {
            return Errno.EINVAL;
        }

        if (!task.Ipc.MessageQueues.Receive(task, id, size, type, flags)
            .TryGet(out Message? message, out Errno error))
        {
            return error;
        }

        int length = (int)Math.Min(size, (ulong)message.Text.Length);
        error = task.Memory.Write(buffer.Address, message.Type);
        error = error != Errno.Success
            ? error
            : task.Memory.Write(buffer.Address + sizeof(long), message.Text.AsSpan(0, length));
        return error != Errno.Success ? error : length;
    }

    /// <summary>msgctl(2).</summary>
    [Syscall("msgctl")]
    public static SysResult Control(Task task, int id, int command, GuestBuffer argument)
    {
        MessageQueues queues = task.Ipc.MessageQueues;
        if (id < 0 || command < 0)
        {
            return Errno.EINVAL;
        }

        switch (command & ~IpcCommand.New)
        {
            case IpcCommand.Remove:
                return queues.Remove(task, id);
            case IpcCommand.Set:
                Errno error = task.Memory.Read(argument.Address, out MessageQueueData data);
                error = error == Errno.Success ? IpcAsSeen.Read(task, ref data.Permission) : error;
                return error != Errno.Success ? error : queues.Set(task, id, in data);
            case IpcCommand.Stat:
                return Stat(task, queues.Stat(task, id, byIndex: false, checkAccess: true), argument,
                    returnId: false);
            case IpcCommand.MsgStat:
                return Stat(task, queues.Stat(task, id, byIndex: true, checkAccess: true), argument,
                    returnId: true);
            case IpcCommand.MsgStatAny:
                return Stat(task, queues.Stat(task, id, byIndex: true, checkAccess: false), argument,
                    returnId: true);
            case IpcCommand.Info:
                return Info(task, argument, usage: false);
            case IpcCommand.MsgInfo:
                return Info(task, argument, usage: true);
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult Info(Task task, GuestBuffer argument, bool usage)
    {
        (int highest, int count, int messages, int bytes) = task.Ipc.MessageQueues.GetUsage();
        const int AllBytes = MessageQueues.MaxQueues * (MessageQueues.DefaultQueueBytes / 1024);
        var limits = new MessageLimits
        {
            Pool = usage ? count : AllBytes,
            Map = usage ? messages : MessageQueues.DefaultQueueBytes,
            MaximumMessage = MessageQueues.MaxMessage,
            QueueBytes = MessageQueues.DefaultQueueBytes,
            Queues = MessageQueues.MaxQueues,
            SegmentSize = 16,
            Messages = usage ? bytes : MessageQueues.DefaultQueueBytes,
            Segments = ushort.MaxValue,
        };
        Errno error = task.Memory.Write(argument.Address, in limits);
        return error != Errno.Success ? error : highest;
    }

    private static SysResult Stat(
        Task task, Result<(int Id, MessageQueueData Data)> found, GuestBuffer argument, bool returnId)
    {
        if (!found.TryGet(out (int Id, MessageQueueData Data) stat, out Errno error))
        {
            return error;
        }

        MessageQueueData seen = stat.Data;
        seen.Permission = IpcAsSeen.By(task, seen.Permission);
        seen.LastSender = task.ShowProcess(seen.LastSender);
        seen.LastReceiver = task.ShowProcess(seen.LastReceiver);
        error = task.Memory.Write(argument.Address, in seen);
        return error != Errno.Success ? error : returnId ? stat.Id : 0;
    }
}
