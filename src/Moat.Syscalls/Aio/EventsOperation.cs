// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Aio;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Aio;

/// <summary>Takes AIO events until there are enough.</summary>
internal struct EventsOperation(AioContext context, ulong address, long least, long most) : IBlockingOperation
{
    private const int EventSize = 32;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        // The guest may put events there as fast as they are taken.
        while (Progress < most && (Progress == 0 || !task.IsInterrupted))
        {
            Result<int> taken = context.Read(
                task.Memory, address + ((ulong)Progress * EventSize), most - Progress);
            if (!taken.TryGet(out int count, out Errno error))
            {
                return Progress > 0 ? Progress : error;
            }

            if (count == 0)
            {
                break;
            }

            Progress += count;
        }

        return Progress >= least ? Progress : Errno.EAGAIN;
    }
}
