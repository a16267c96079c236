// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Tasks;

/// <summary>
/// Serves the system calls of tasks: the generated dispatcher, perhaps with tracing around it.
/// </summary>
public interface ISyscallHandler
{
    /// <summary>
    /// Serves one call on the task's own thread; arguments are in <see cref="Task.Call"/>.
    /// </summary>
    SysResult Invoke(Task task, uint number);
}
