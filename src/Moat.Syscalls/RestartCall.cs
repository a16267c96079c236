// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>restart_syscall(2).</summary>
public static class RestartCall
{
    /// <summary>restart_syscall(2): goes on with a sleep that a stop interrupted.</summary>
    [Syscall("restart_syscall")]
    public static SysResult Restart(Task task)
    {
        IRestart? restart = task.Restart;
        task.Restart = null;
        return restart is null ? Errno.EINTR : restart.Resume(task);
    }
}
