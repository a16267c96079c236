// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>eventfd(2).</summary>
public static class EventFd
{
    /// <summary>eventfd(2), the call without flags.</summary>
    [Syscall("eventfd")]
    public static SysResult Create(Task task, uint initial) => Create2(task, initial, 0);

    /// <summary>eventfd(2).</summary>
    [Syscall("eventfd2")]
    public static SysResult Create2(Task task, uint initial, EventFlags flags)
    {
        if ((flags & ~(EventFlags.Semaphore | EventFlags.NonBlock | EventFlags.CloseOnExec)) != 0)
        {
            return Errno.EINVAL;
        }

        var file = new EventFile(
            task, initial, (flags & EventFlags.Semaphore) != 0, (flags & EventFlags.NonBlock) != 0);
        return task.Files.Install(file, (flags & EventFlags.CloseOnExec) != 0);
    }
}
