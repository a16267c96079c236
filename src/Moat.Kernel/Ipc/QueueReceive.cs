// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>One mq_timedreceive(2).</summary>
public struct QueueReceive : IBlockingOperation
{
    private readonly PosixQueue _queue;
    private bool _waits;
    private uint _priority;
    private byte[] _text;

    private QueueReceive(PosixQueue queue)
    {
        _queue = queue;
        _text = [];
    }

    /// <inheritdoc/>
    public readonly long Progress => 0;

    /// <summary>Receives, waiting for a message until the deadline, or not at all.</summary>
    public static Errno Run(
        Task task, PosixQueue queue, bool mayWait, Deadline deadline, out uint priority, out byte[] text)
    {
        var receive = new QueueReceive(queue);
        Errno error = BlockingIo.Run(task, mayWait ? queue.Changed : null, PollEvents.In, ref receive,
            deadline).Error;
        if (error != Errno.Success && mayWait && receive.Attempt(task).IsOk)
        {
            // It came just as the wait ended, and nobody else has been told of it.
            error = Errno.Success;
        }

        if (receive._waits)
        {
            queue.EndWait();
        }

        priority = receive._priority;
        text = receive._text;
        return error == Errno.EAGAIN && mayWait ? Errno.ETIMEDOUT : error;
    }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        Errno error = _queue.TryReceive(ref _waits, out _priority, out _text);
        return error == Errno.Success ? 0L : error;
    }
}
