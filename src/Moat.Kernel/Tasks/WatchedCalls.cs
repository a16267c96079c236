// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Base;
using Moat.Kernel.Seccomp;

namespace Moat.Kernel.Tasks;

/// <summary>System calls of tasks that have filters or a tracer (syscall_trace_enter of Linux).</summary>
internal static class WatchedCalls
{
    /// <summary>Serves a call as far as filters and tracer let it.</summary>
    internal static void Serve(Task task)
    {
        uint number = task.Call.Number;
        task.CurrentCall = number;
        if (SeccompCheck.Allows(task, (int)number, SeccompData.ArchitectureX64, out SysResult? result))
        {
            result = task.Kernel.Syscalls.Invoke(task, number);
        }
        else
        {
            // A trap or an end: there is no result.
            task.KeepRegisters |= result is null;
        }

        TaskLoop.Conclude(task, result ?? 0);
    }

    /// <summary>int 0x80: nothing is behind it, but filters see it.</summary>
    internal static void ServeForeign(Task task)
    {
        SysResult? result = Errno.ENOSYS;
        if (task.IsWatched)
        {
            int number = (int)task.Registers.Rax;
            if (SeccompCheck.Allows(task, number, SeccompData.ArchitectureX86, out SysResult? verdict))
            {
                verdict = Errno.ENOSYS;
            }

            result = verdict;
        }

        if (result is { } value)
        {
            task.Registers.Rax = (ulong)value.Raw;
        }
    }
}
