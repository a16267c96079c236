// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs.Events;

namespace Moat.Syscalls.Polling;

/// <summary>Takes the ready events of a set to the guest.</summary>
internal struct EpollWaitOperation(EpollFile epoll, GuestPtr<EpollEvent> events, int room)
    : IBlockingOperation
{
    private const int BatchSize = EpollFile.MaximumBatch;
    private const int EventSize = 12;

    /// <inheritdoc/>
    public long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        Span<EpollEvent> batch = stackalloc EpollEvent[BatchSize];
        int attempts = epoll.ReadyCount;
        int total = 0;
        while (total < room)
        {
            int count = epoll.Collect(task, batch[..Math.Min(room - total, BatchSize)], ref attempts);
            if (count == 0)
            {
                return total > 0 ? total : Errno.EAGAIN;
            }

            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(batch[..count]);
            ulong address = events.Address + ((ulong)total * EventSize);
            int told = task.Memory.WritePartial(address, bytes) / EventSize;
            epoll.Settle(count, told);
            total += told;
            if (told < count)
            {
                return total > 0 ? total : Errno.EFAULT;
            }
        }

        return total;
    }
}
