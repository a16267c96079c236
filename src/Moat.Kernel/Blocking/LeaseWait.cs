// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Kernel.Blocking;

/// <summary>The part of open(2), execve(2) and truncate(2) that waits until leases are given up.</summary>
internal readonly struct LeaseWait : IBlockingOperation
{
    private readonly FileLeases _leases;
    private readonly bool _write;
    private readonly int _breakTime;

    private LeaseWait(FileLeases leases, bool write, int breakTime) =>
        (_leases, _write, _breakTime) = (leases, write, breakTime);

    public long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        Errno error = _leases.Break(_write, _breakTime, out _);
        return error == Errno.Success ? 0L : error;
    }

    /// <summary>Waits; ERESTARTSYS for a signal.</summary>
    internal static Errno Run(Task task, Inode inode, FileLeases leases, bool write)
    {
        // Who waits has the file open already, as far as other leases are concerned.
        int breakTime = inode.FileSystem.Vfs.LeaseBreakTime;
        if (write)
        {
            inode.AddWriter();
        }
        else
        {
            inode.AddReader();
        }

        LockWaiter shown = leases.BeginWait(write, task.Group.ProcessId);
        Errno error = Errno.EAGAIN;
        while (error == Errno.EAGAIN && leases.Break(write, breakTime, out long deadlineNs) == Errno.EAGAIN)
        {
            var wait = new LeaseWait(leases, write, breakTime);
            var deadline = new Deadline(deadlineNs);
            error = BlockingIo.Run(task, leases.WaitQueue, PollEvents.All, ref wait, deadline).Error;
        }

        leases.EndWait(shown);
        if (write)
        {
            inode.DropWriter();
        }
        else
        {
            inode.DropReader();
        }

        return error == Errno.EAGAIN ? Errno.Success : error;
    }
}
