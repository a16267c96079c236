// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>FUTEX_WAIT and FUTEX_WAIT_BITSET of futex(2).</summary>
public static class FutexWait
{
    /// <summary>Waits for a wake while the word has the expected value.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="address">The word.</param>
    /// <param name="isPrivate">FUTEX_PRIVATE_FLAG.</param>
    /// <param name="expected">EAGAIN when the word is something else.</param>
    /// <param name="bitset">Only wakes that share a bit count; EINVAL when 0.</param>
    /// <param name="deadline">ETIMEDOUT after this.</param>
    public static SysResult Wait(
        Task task, ulong address, bool isPrivate, uint expected, uint bitset, Deadline deadline)
    {
        if (bitset == 0)
        {
            return Errno.EINVAL;
        }

        if (!FutexKey.Resolve(task.AddressSpace, address, isPrivate).TryGet(out FutexKey key,
            out Errno error))
        {
            return error;
        }

        FutexTable table = task.Kernel.Futexes;
        FutexWaiter waiter = task.FutexWaiter;

        // Queue first, look second: a wake after the look cannot be missed, and no lock is held while the
        // word is read. A wake caught by a waiter that then finds another value is passed on by Cancel.
        table.Add(waiter, in key, bitset);
        error = task.Mm.Memory.Read(address, out uint value);
        if (error != Errno.Success || value != expected)
        {
            table.Cancel(waiter);
            return error != Errno.Success ? error : Errno.EAGAIN;
        }

        BlockResult result = BlockResult.Woken;
        while (!waiter.IsWoken && result == BlockResult.Woken)
        {
            result = task.Block(deadline);
        }

        // A wake that came together with a signal or the deadline has been counted by its sender: it wins.
        if (waiter.IsWoken || !table.Remove(waiter))
        {
            return 0;
        }

        if (result == BlockResult.TimedOut)
        {
            return Errno.ETIMEDOUT;
        }

        if (deadline.IsNever)
        {
            return Errno.ERESTARTSYS;
        }

        task.Restart = new FutexRestart(address, isPrivate, expected, bitset, deadline);
        return Errno.ERESTART_RESTARTBLOCK;
    }
}
