// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>One msgsnd call.</summary>
internal readonly struct SendAttempt(MessageQueues queues, MessageQueue queue, Message message)
    : IBlockingOperation
{
    public long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        using (queues.Table.Lock.Enter())
        {
            if (queue.Permission.IsRemoved)
            {
                return Errno.EIDRM;
            }

            Errno error = queue.Permission.Check(task.Credentials, 2);
            if (error != Errno.Success)
            {
                return error;
            }

            if (!queue.HasRoomLocked(message.Text.Length))
            {
                return Errno.EAGAIN;
            }

            if (!queues.TakeRoomLocked(message.Text.Length))
            {
                return Errno.ENOMEM;
            }

            queue.Messages.AddLast(message);
            queue.Bytes += (ulong)message.Text.Length;
            queue.LastSender = task.Group.ProcessId;
            queue.SendTime = IpcTime.Now();
        }

        queue.Changed.Wake(PollEvents.In);
        return 0;
    }
}
