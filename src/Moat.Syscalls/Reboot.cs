// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>reboot(2), as in a PID namespace: it ends the first process.</summary>
public static class Reboot
{
    private const uint Magic = 0xfee1dead;

    /// <summary>
    /// reboot(2): EPERM without CAP_SYS_BOOT, EINVAL. The namespace ends as if by SIGHUP for a restart, by
    /// SIGINT for a halt.
    /// </summary>
    [Syscall("reboot")]
    public static SysResult Call(Task task, uint magic, uint magic2, uint command, ulong argument)
    {
        if (!task.Credentials.Has(Capability.SysBoot, task.PidSpace.Owner))
        {
            return Errno.EPERM;
        }

        if (magic != Magic || magic2 is not (672274793 or 85072278 or 369367448 or 537993216))
        {
            return Errno.EINVAL;
        }

        Signal signal;
        switch (command)
        {
            case 0x01234567 or 0xa1b2c3d4: // LINUX_REBOOT_CMD_RESTART, RESTART2
                signal = Signal.SIGHUP;
                break;
            case 0xcdef0123 or 0x4321fedc: // LINUX_REBOOT_CMD_HALT, POWER_OFF
                signal = Signal.SIGINT;
                break;
            default:
                return Errno.EINVAL;
        }

        if (task.PidSpace.Init is { } init)
        {
            TaskExit.BeginGroupExit(init, (int)signal);
        }

        TaskExit.ExitGroup(task, 0);
        return 0;
    }
}
