// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>vhangup(2).</summary>
public static class Vhangup
{
    /// <summary>
    /// vhangup(2): nothing to do without a controlling terminal; the caller's terminal is not the guest's to
    /// end.
    /// </summary>
    [Syscall("vhangup")]
    public static SysResult HangUp(Task task) =>
        task.Credentials.Has(Capability.SysTtyConfig) && task.Group.Session.Terminal is null
            ? 0 : Errno.EPERM;
}
