// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>One mq_timedsend(2).</summary>
public struct QueueSend : IBlockingOperation
{
    private readonly PosixQueue _queue;
    private readonly byte[] _text;
    private readonly uint _priority;

    private QueueSend(PosixQueue queue, byte[] text, uint priority)
    {
        _queue = queue;
        _text = text;
        _priority = priority;
    }

    /// <inheritdoc/>
    public readonly long Progress => 0;

    /// <summary>Sends, waiting for room until the deadline, or not at all.</summary>
    public static Errno Run(
        Task task, PosixQueue queue, byte[] text, uint priority, bool mayWait, Deadline deadline)
    {
        var send = new QueueSend(queue, text, priority);
        WaitQueue? wait = mayWait ? queue.Changed : null;
        Errno error = BlockingIo.Run(task, wait, PollEvents.Out, ref send, deadline).Error;
        return error == Errno.EAGAIN && mayWait ? Errno.ETIMEDOUT : error;
    }

    /// <inheritdoc/>
    public readonly Result<long> Attempt(Task task)
    {
        Errno error = _queue.TrySend(task, _text, _priority);
        return error == Errno.Success ? 0L : error;
    }
}
