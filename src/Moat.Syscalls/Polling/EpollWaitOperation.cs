// SPDX-License-Identifier: Apache-2.0
using System;
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
    private const int BatchSize = 64;

    /// <inheritdoc/>
    public long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        Span<EpollEvent> batch = stackalloc EpollEvent[BatchSize];
        int count = epoll.Collect(task, batch[..Math.Min(room, BatchSize)]);
        if (count == 0)
        {
            return Errno.EAGAIN;
        }

        Errno error = task.Memory.WriteArray<EpollEvent>(events.Address, batch[..count]);
        return error == Errno.Success ? count : error;
    }
}
