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
        ref readonly Platform.GuestCall c = ref task.Call;
        return SyscallDispatcher.Invoke(task, number, c.A0, c.A1, c.A2, c.A3, c.A4, c.A5);
    }
}
