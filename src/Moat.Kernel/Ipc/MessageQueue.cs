// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi.Ipc;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>A System V message queue.</summary>
/// <remarks>Locks: the table's.</remarks>
public sealed class MessageQueue : IIpcObject
{
    internal MessageQueue(IpcPermission permission) => Permission = permission;

    public IpcPermission Permission { get; }

    /// <summary>
    /// Woken with Out when there is room, with In when there is a message, with both on removal.
    /// </summary>
    public WaitQueue Changed { get; } = new();
    public long SendTime { get; internal set; }
    public long ReceiveTime { get; internal set; }
    public long ChangeTime { get; internal set; }
    public ulong MaximumBytes { get; internal set; } = MessageQueues.DefaultQueueBytes;
    public int LastSender { get; internal set; }
    public int LastReceiver { get; internal set; }
    internal LinkedList<Message> Messages { get; } = [];
    internal ulong Bytes { get; set; }

    /// <summary>True when a message of this size fits.</summary>
    internal bool HasRoomLocked(int size) =>
        Bytes + (ulong)size <= MaximumBytes && (ulong)Messages.Count < MaximumBytes;

    /// <summary>The message that msgrcv's type selects; null when there is none.</summary>
    internal LinkedListNode<Message>? SelectLocked(long type, bool except)
    {
        LinkedListNode<Message>? best = null;
        for (LinkedListNode<Message>? at = Messages.First; at is not null; at = at.Next)
        {
            long its = at.Value.Type;
            bool first = type == 0 || (type > 0 && (except ? its != type : its == type));
            if (first)
            {
                return at;
            }

            // A negative type: the lowest type up to its magnitude.
            if (type < 0 && its <= (type == long.MinValue ? long.MaxValue : -type)
                && (best is null || its < best.Value.Type))
            {
                best = at;
            }
        }

        return best;
    }

    /// <summary>msgctl's IPC_STAT.</summary>
    public MessageQueueData ToDataLocked() => new()
    {
        Permission = Permission.ToData(),
        SendTime = SendTime,
        ReceiveTime = ReceiveTime,
        ChangeTime = ChangeTime,
        Bytes = Bytes,
        Messages = (ulong)Messages.Count,
        MaximumBytes = MaximumBytes,
        LastSender = LastSender,
        LastReceiver = LastReceiver,
    };
}
