// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>exit(2), exit_group(2).</summary>
public static class Exit
{
    /// <summary>exit(2): ends the calling thread.</summary>
    [Syscall("exit")]
    public static SysResult ExitThread(Task task, int status)
    {
        TaskExit.ExitThread(task, status);
        return 0;
    }

    /// <summary>exit_group(2): ends the process.</summary>
    [Syscall("exit_group")]
    public static SysResult ExitGroup(Task task, int status)
    {
        TaskExit.ExitGroup(task, status);
        return 0;
    }
}
