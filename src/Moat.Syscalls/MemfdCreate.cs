// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.FileSystems.Memory;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>memfd_create(2).</summary>
public static class MemfdCreate
{
    private const int MaximumName = 249;

    /// <summary>memfd_create(2); huge pages are not offered.</summary>
    [Syscall("memfd_create")]
    public static SysResult Create(Task task, GuestString name, MemfdCreateFlags flags)
    {
        const MemfdCreateFlags Exec = MemfdCreateFlags.Exec | MemfdCreateFlags.NoExecSeal;
        const MemfdCreateFlags Known = MemfdCreateFlags.CloseOnExec | MemfdCreateFlags.AllowSealing | Exec;
        if ((flags & ~Known) != 0 || (flags & Exec) == Exec)
        {
            return Errno.EINVAL;
        }

        Span<byte> buffer = stackalloc byte[MaximumName + 1];
        if (!task.Memory.ReadString(name.Address, buffer, Errno.EINVAL).TryGet(out int length,
            out Errno error))
        {
            return error;
        }

        bool noExecute = (flags & MemfdCreateFlags.NoExecSeal) != 0;
        bool sealing = noExecute || (flags & MemfdCreateFlags.AllowSealing) != 0;
        string text = Encoding.UTF8.GetString(buffer[..length]);
        return MemfdFile.Create(task, text, sealing, noExecute).TryGet(out OpenFile? file, out error)
            ? task.Files.Install(file, (flags & MemfdCreateFlags.CloseOnExec) != 0)
            : error;
    }
}
