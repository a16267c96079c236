// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Seccomp;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;

namespace Moat.Syscalls.Tracing;

/// <summary>PTRACE_SECCOMP_GET_FILTER and GET_METADATA: a tracee's filters, the oldest first.</summary>
internal static class TraceFilters
{
    internal static SysResult Get(Task task, Task target, PtraceRequest request, ulong address, ulong data)
    {
        bool wantsProgram = request == PtraceRequest.GetSeccompFilter;
        Span<byte> metadata = stackalloc byte[16];
        metadata.Clear();
        int size = (int)Math.Min(address, (ulong)metadata.Length);
        Errno error = wantsProgram || size < 8 ? Errno.Success : task.Memory.Read(data, metadata[..8]);
        SeccompFilter? filter;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null)
            {
                return Errno.ESRCH;
            }

            if (!task.Credentials.Has(Capability.SysAdmin) || task.SeccompMode != SeccompMode.Disabled)
            {
                return Errno.EACCES;
            }

            if (error != Errno.Success || (!wantsProgram && size < 8))
            {
                return error != Errno.Success ? error : Errno.EINVAL;
            }

            if (target.SeccompFilter is not { } newest)
            {
                return Errno.EINVAL;
            }

            filter = newest.FromOldest(wantsProgram ? address : MemoryMarshal.Read<ulong>(metadata));
        }

        if (filter is null)
        {
            return Errno.ENOENT;
        }

        if (!wantsProgram)
        {
            MemoryMarshal.Write(metadata[8..], (ulong)(filter.Flags & SeccompFilterFlags.Log));
            error = task.Memory.Write(data, metadata[..size]);
            return error == Errno.Success ? size : error;
        }

        error = data == 0 ? Errno.Success : task.Memory.WriteArray<BpfInstruction>(data, filter.Instructions);
        return error == Errno.Success ? filter.Instructions.Length : error;
    }
}
