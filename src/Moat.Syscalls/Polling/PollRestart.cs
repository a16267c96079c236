// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls.Polling;

/// <summary>The rest of an interrupted poll(2): the same files until the same deadline.</summary>
internal sealed class PollRestart(GuestPtr<PollDescriptor> descriptors, uint count, Deadline deadline)
    : IRestart
{
    /// <inheritdoc/>
    public SysResult Resume(Task task)
    {
        SysResult result = Poll.Run(task, descriptors, count, deadline, wait: true);
        if (result.Error != Errno.EINTR)
        {
            return result;
        }

        task.Restart = this;
        return Errno.ERESTART_RESTARTBLOCK;
    }
}
