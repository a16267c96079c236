// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Prctl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>arch_prctl(2).</summary>
public static class ArchPrctl
{
    private const ulong TaskSizeMax = 0x7fff_ffff_f000;

    /// <summary>arch_prctl(2). CPUID faulting is reported as something this CPU lacks.</summary>
    [Syscall("arch_prctl")]
    public static SysResult Call(Task task, ArchPrctlCode code, ulong address)
    {
        switch (code)
        {
            case ArchPrctlCode.SetFs:
            case ArchPrctlCode.SetGs:
                if (address >= TaskSizeMax)
                {
                    return Errno.EPERM;
                }

                if (code == ArchPrctlCode.SetFs)
                {
                    task.FsBase = address;
                }
                else
                {
                    task.GsBase = address;
                }

                return 0;
            case ArchPrctlCode.GetFs:
                return task.Memory.Write(address, task.FsBase);
            case ArchPrctlCode.GetGs:
                return task.Memory.Write(address, task.GsBase);
            case ArchPrctlCode.GetCpuid:
                return 1;
            case ArchPrctlCode.SetCpuid:
                return Errno.ENODEV;
            default:
                return Errno.EINVAL;
        }
    }
}
