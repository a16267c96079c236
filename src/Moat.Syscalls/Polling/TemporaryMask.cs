// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Polling;

/// <summary>
/// The signal mask that ppoll, pselect6 and epoll_pwait put in place while they wait (signal(7)).
/// </summary>
internal static class TemporaryMask
{
    private const ulong Unblockable = (1UL << 8) | (1UL << 18);

    /// <summary>
    /// Puts a mask in place; the old one comes back when the call is over. A null address changes nothing.
    /// </summary>
    internal static Errno Apply(Task task, ulong address, ulong size)
    {
        if (address == 0)
        {
            return Errno.Success;
        }

        if (size != 8)
        {
            return Errno.EINVAL;
        }

        Errno error = task.Memory.Read(address, out ulong mask);
        if (error != Errno.Success)
        {
            return error;
        }

        SignalMasks.SetForCall(task, mask & ~Unblockable);
        return Errno.Success;
    }

    /// <summary>The call ended without a signal: the old mask comes back at once.</summary>
    internal static void Undo(Task task)
    {
        if (task.RestoreMask is { } old)
        {
            task.RestoreMask = null;
            SignalMasks.Set(task, old);
        }
    }
}
