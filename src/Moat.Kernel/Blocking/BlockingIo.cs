// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Blocking;

/// <summary>
/// Repeats an operation until it no longer says EAGAIN, sleeping on the object's wait queue in between.
/// </summary>
public static class BlockingIo
{
    // Scratch only: a waiter is on a queue just while its task is inside Wait, on this thread.
    [ThreadStatic]
    private static TaskWaiter? s_waiter;

    /// <summary>Runs an operation on a file that blocks unless it is O_NONBLOCK.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="file">The file whose readiness counts.</param>
    /// <param name="events">The events that make another attempt worthwhile.</param>
    /// <param name="operation">The work; keeps its progress between attempts.</param>
    /// <returns>The operation's result; its progress or ERESTARTSYS when a signal interrupts.</returns>
    public static Result<long> Run<TOperation>(Task task, OpenFile file, PollEvents events,
        ref TOperation operation)
        where TOperation : struct, IBlockingOperation =>
        Run(task, file.IsNonBlocking ? null : file.WaitQueue, events, ref operation, Deadline.Never);

    /// <summary>Runs an operation on any object with a wait queue.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="queue">Where the object's events are announced; null means: do not wait.</param>
    /// <param name="events">The events that make another attempt worthwhile.</param>
    /// <param name="operation">The work; keeps its progress between attempts.</param>
    /// <param name="deadline">When waiting ends with the progress or EAGAIN.</param>
    public static Result<long> Run<TOperation>(
        Task task, WaitQueue? queue, PollEvents events, ref TOperation operation, Deadline deadline)
        where TOperation : struct, IBlockingOperation
    {
        Result<long> result = operation.Attempt(task);
        if (result.Error != Errno.EAGAIN)
        {
            return result;
        }

        return queue is null || task.NeverBlocks
            ? Early(ref operation, Errno.EAGAIN) : Wait(task, queue, events, ref operation, deadline);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Result<long> Wait<TOperation>(
        Task task, WaitQueue queue, PollEvents events, ref TOperation operation, Deadline deadline)
        where TOperation : struct, IBlockingOperation
    {
        TaskWaiter waiter = s_waiter is { } kept && kept.Task == task ? kept : new TaskWaiter(task, events);
        s_waiter = null;
        waiter.Interest = events;
        queue.Add(waiter);
        Result<long> result;
        while (true)
        {
            result = operation.Attempt(task);
            if (result.Error != Errno.EAGAIN)
            {
                break;
            }

            BlockResult reason = task.Block(deadline);
            if (reason != BlockResult.Woken)
            {
                result = Early(ref operation, reason == BlockResult.TimedOut
                    ? Errno.EAGAIN : Errno.ERESTARTSYS);
                break;
            }
        }

        queue.Remove(waiter);
        s_waiter = waiter;
        return result;
    }

    private static Result<long> Early<TOperation>(ref TOperation operation, Errno error)
        where TOperation : struct, IBlockingOperation =>
        operation.Progress > 0 ? operation.Progress : error;
}
