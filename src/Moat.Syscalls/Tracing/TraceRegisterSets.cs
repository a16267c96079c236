// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Tracing;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;

namespace Moat.Syscalls.Tracing;

/// <summary>PTRACE_GETREGS, GETFPREGS, GETREGSET and their opposites.</summary>
internal static class TraceRegisterSets
{
    private const ulong General = 1;
    private const ulong Legacy = 2;
    private const ulong Extended = 0x202;
    private const int Most = 16384;

    /// <summary>Copies a set out; GETREGSET as much as fits, and says how much that was.</summary>
    internal static SysResult Get(Task task, Task target, PtraceRequest request, ulong address, ulong data)
    {
        Errno error = Locate(task, request, address, data, out ulong set, out IoVector vector);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Most);
        int size = 0;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            error = link is null ? Errno.ESRCH : error;
            if (error == Errno.Success && !TrySizeOf(target, set, out size))
            {
                error = Errno.EINVAL;
            }

            if (error == Errno.Success && request == PtraceRequest.GetRegisterSet && vector.Length % 8 != 0)
            {
                error = Errno.EINVAL;
            }

            if (error == Errno.Success)
            {
                size = (int)Math.Min((ulong)size, vector.Length);
                Read(target, set, buffer.AsSpan(0, size));
            }
        }

        if (error == Errno.Success)
        {
            error = task.Memory.Write(vector.Base, buffer.AsSpan(0, size));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return error == Errno.Success && request == PtraceRequest.GetRegisterSet
            ? task.Memory.Write(data + 8, (ulong)size) : error;
    }

    /// <summary>Copies a set in.</summary>
    internal static SysResult Set(Task task, Task target, PtraceRequest request, ulong address, ulong data)
    {
        Errno error = Locate(task, request, address, data, out ulong set, out IoVector vector);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Most);
        int length = (int)Math.Min(vector.Length, Most);
        Errno copied = error == Errno.Success
            ? task.Memory.Read(vector.Base, buffer.AsSpan(0, length)) : error;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null || error != Errno.Success)
            {
                error = link is null ? Errno.ESRCH : error;
            }
            else if (!TrySizeOf(target, set, out int size) || length % 8 != 0)
            {
                error = Errno.EINVAL;
            }
            else
            {
                error = copied != Errno.Success
                    ? copied : Write(link, set, buffer.AsSpan(0, Math.Min(length, size)), size);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return error != Errno.Success || request != PtraceRequest.SetRegisterSet
            ? error : task.Memory.Write(data + 8, (ulong)length);
    }

    private static Errno Locate(Task task, PtraceRequest request, ulong address, ulong data, out ulong set,
        out IoVector vector)
    {
        bool isGeneral = request is PtraceRequest.GetRegisters or PtraceRequest.SetRegisters;
        vector = new IoVector
        {
            Base = data, Length = isGeneral ? TraceRegisters.Size : (ulong)TraceFpState.LegacySize,
        };
        set = isGeneral ? General : Legacy;
        if (request is not (PtraceRequest.GetRegisterSet or PtraceRequest.SetRegisterSet))
        {
            return Errno.Success;
        }

        set = address;
        return task.Memory.Read(data, out vector);
    }

    private static bool TrySizeOf(Task target, ulong set, out int size)
    {
        size = set switch
        {
            General => TraceRegisters.Size,
            Legacy => TraceFpState.LegacySize,
            Extended => Math.Min(TraceFpState.SizeOf(target), Most),
            _ => 0,
        };
        return size != 0;
    }

    private static void Read(Task target, ulong set, Span<byte> into)
    {
        if (set != General)
        {
            TraceFpState.Get(target, into);
            return;
        }

        UserRegisters registers = TraceRegisters.Get(target);
        MemoryMarshal.AsBytes(new ReadOnlySpan<UserRegisters>(in registers))[..into.Length].CopyTo(into);
    }

    private static Errno Write(TraceLink link, ulong set, ReadOnlySpan<byte> from, int size)
    {
        if (set != General)
        {
            return from.Length < size ? Errno.EFAULT : TraceFpState.Set(link.Tracee, from);
        }

        UserRegisters registers = TraceRegisters.Get(link.Tracee);
        from.CopyTo(MemoryMarshal.AsBytes(new Span<UserRegisters>(ref registers)));
        return TraceRegisters.Set(link, in registers);
    }
}
