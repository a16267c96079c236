// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Tasks;

/// <summary>
/// The rest of an interrupted call that ended with ERESTART_RESTARTBLOCK (struct restart_block).
/// </summary>
public interface IRestart
{
    /// <summary>Goes on with the call, as restart_syscall(2).</summary>
    SysResult Resume(Task task);
}
