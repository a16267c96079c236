// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Transfer;

/// <summary>The signal that goes with EPIPE (pipe(7)).</summary>
internal static class PipeSignal
{
    /// <summary>Sends SIGPIPE to the task that wrote.</summary>
    /// <param name="task">The writer.</param>
    internal static void SignalPipe(Task task) =>
        SignalSender.SendToTask(task, new SigInfo
        {
            Number = (int)Signal.SIGPIPE, Code = SigInfo.SI_USER, Pid = task.Group.ProcessId,
            Uid = task.Credentials.Uid,
        });
}
