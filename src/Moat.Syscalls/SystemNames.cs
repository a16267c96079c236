// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Utsname;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Uts;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>uname(2), sethostname(2), setdomainname(2).</summary>
public static class SystemNames
{
    /// <summary>uname(2).</summary>
    [Syscall("uname")]
    public static SysResult Uname(Task task, GuestPtr<UtsName> name) =>
        name.Write(task.Memory, task.Uts.ToUtsName());

    /// <summary>sethostname(2).</summary>
    [Syscall("sethostname")]
    public static SysResult SetHostName(Task task, GuestBuffer name, int length)
    {
        Span<byte> buffer = stackalloc byte[UtsNamespace.MaximumLength];
        Errno error = ReadName(task, name, length, ref buffer);
        if (error == Errno.Success)
        {
            task.Uts.SetHostName(buffer);
        }

        return error;
    }

    /// <summary>setdomainname(2).</summary>
    [Syscall("setdomainname")]
    public static SysResult SetDomainName(Task task, GuestBuffer name, int length)
    {
        Span<byte> buffer = stackalloc byte[UtsNamespace.MaximumLength];
        Errno error = ReadName(task, name, length, ref buffer);
        if (error == Errno.Success)
        {
            task.Uts.SetDomainName(buffer);
        }

        return error;
    }

    private static Errno ReadName(Task task, GuestBuffer name, int length, ref Span<byte> buffer)
    {
        if (!task.Credentials.Has(Capability.SysAdmin, task.Uts.Owner))
        {
            return Errno.EPERM;
        }

        if ((uint)length > UtsNamespace.MaximumLength)
        {
            return Errno.EINVAL;
        }

        buffer = buffer[..length];
        return length == 0 ? Errno.Success : task.Memory.Read(name.Address, buffer);
    }
}
