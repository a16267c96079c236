// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Transfer;

/// <summary>The signal that goes with EPIPE (pipe(7)).</summary>
internal static class PipeSignal
{
    /// <summary>Sends SIGPIPE to the task that wrote.</summary>
    /// <param name="task">The writer.</param>
    internal static void SignalPipe(Task task)
    {
        // Open: the signal code fills this in (force_sig to the thread itself).
        _ = task;
    }
}
