// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Dispatch;

namespace Moat.Sandbox.Boot;

/// <summary>The generated system call table, nothing around it.</summary>
public sealed class DirectSyscalls : ISyscallHandler
{
    /// <inheritdoc/>
    public SysResult Invoke(Task task, uint number)
    {
        ref Platform.GuestRegisters r = ref task.Registers;
        return SyscallDispatcher.Invoke(task, number, r.Rdi, r.Rsi, r.Rdx, r.R10, r.R8, r.R9);
    }
}
