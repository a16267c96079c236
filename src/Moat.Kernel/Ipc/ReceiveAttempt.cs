// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>One msgrcv call; leaves the message it took in <see cref="Received"/>.</summary>
internal struct ReceiveAttempt(MessageQueues queues, MessageQueue queue, ulong room, long type, int flags)
    : IBlockingOperation
{
    public readonly long Progress => 0;

    public Message? Received { get; private set; }

    public Result<long> Attempt(Task task)
    {
        using (queues.Table.Lock.Enter())
        {
            if (queue.Permission.IsRemoved)
            {
                return Errno.EIDRM;
            }

            Errno error = queue.Permission.Check(task.Credentials, 4);
            if (error != Errno.Success)
            {
                return error;
            }

            LinkedListNode<Message>? found = queue.SelectLocked(type, (flags & MessageQueues.Except) != 0);
            if (found is null)
            {
                return Errno.EAGAIN;
            }

            if ((ulong)found.Value.Text.Length > room && (flags & MessageQueues.NoError) == 0)
            {
                return Errno.E2BIG;
            }

            Received = found.Value;
            queue.Messages.Remove(found);
            queue.Bytes -= (ulong)Received.Text.Length;
            queues.GiveRoomLocked(Received.Text.Length);
            queue.LastReceiver = task.Group.ProcessId;
            queue.ReceiveTime = IpcTime.Now();
        }

        queue.Changed.Wake(PollEvents.Out);
        return 0;
    }
}
