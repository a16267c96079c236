// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>syslog(2): a kernel log that is always empty, and restricted (dmesg_restrict).</summary>
public static class KernelLog
{
    private const int BufferSize = 1 << 17;

    /// <summary>syslog(2).</summary>
    [Syscall("syslog")]
    public static SysResult Call(Task task, int type, GuestBuffer buffer, int length)
    {
        if (!task.Credentials.Has(Capability.Syslog) && !task.Credentials.Has(Capability.SysAdmin))
        {
            return Errno.EPERM;
        }

        switch (type)
        {
            case 2:
                // Waits for a message: none will come.
                while (length > 0 && !buffer.IsNull && task.Block(Deadline.Never) == BlockResult.Woken)
                {
                }

                return buffer.IsNull || length < 0 ? Errno.EINVAL : length == 0
                    ? 0 : (SysResult)Errno.ERESTARTSYS;
            case 3 or 4:
                return buffer.IsNull || length < 0 ? Errno.EINVAL : 0;
            case 8:
                return length is < 1 or > 8 ? Errno.EINVAL : 0;
            case 0 or 1 or 5 or 6 or 7 or 9:
                return 0;
            case 10:
                return BufferSize;
            default:
                return Errno.EINVAL;
        }
    }
}
