// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// A turn that one task has while it waits for a daemon, and others wait for: in place of a lock, since a
/// kill must end both waits.
/// </summary>
/// <remarks>Locks: none; whoever has a turn may sleep.</remarks>
internal sealed class FuseGate
{
    private readonly WaitQueue _queue = new();
    private int _isTaken;

    /// <summary>Waits for the turn: EINTR for a task that is to end.</summary>
    internal Errno Enter(Caller caller)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            return Errno.Success;
        }

        if (caller is not Task { NeverBlocks: false } task)
        {
            return Errno.EOPNOTSUPP;
        }

        var waiter = new TaskWaiter(task, PollEvents.In);
        _queue.Add(waiter);
        Errno error = Errno.Success;
        while (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            if (!KillableWait.Sleep(task))
            {
                error = Errno.EINTR;
                break;
            }
        }

        _queue.Remove(waiter);
        return error;
    }

    /// <summary>Passes the turn on.</summary>
    internal void Exit()
    {
        Volatile.Write(ref _isTaken, 0);
        _queue.Wake(PollEvents.In);
    }
}
