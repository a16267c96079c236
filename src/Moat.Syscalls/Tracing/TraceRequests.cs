// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Prctl;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;

namespace Moat.Syscalls.Tracing;

/// <summary>Requests of ptrace(2) that look at a stopped tracee or change it.</summary>
/// <remarks>The tracer's own memory is read before the tracee is held, and written after.</remarks>
internal static class TraceRequests
{
    internal static SysResult Invoke(Task task, Task target, PtraceRequest request, ulong address, ulong data)
    {
        switch (request)
        {
            case PtraceRequest.PeekText or PtraceRequest.PeekData or PtraceRequest.PeekUser:
                return Peek(task, target, request, address, data);
            case PtraceRequest.PokeText or PtraceRequest.PokeData or PtraceRequest.PokeUser:
                return Poke(task, target, request, address, data);
            case PtraceRequest.GetRegisters or PtraceRequest.GetFpRegisters
                or PtraceRequest.GetRegisterSet:
                return TraceRegisterSets.Get(task, target, request, address, data);
            case PtraceRequest.SetRegisters or PtraceRequest.SetFpRegisters
                or PtraceRequest.SetRegisterSet:
                return TraceRegisterSets.Set(task, target, request, address, data);
            case PtraceRequest.GetEventMessage:
                using (TraceHold.Take(task, target, out TraceLink? link))
                {
                    return link is null ? Errno.ESRCH : task.Memory.Write(data, link.Message);
                }

            case PtraceRequest.GetSigInfo or PtraceRequest.SetSigInfo:
                return Info(task, target, request == PtraceRequest.SetSigInfo, data);
            case PtraceRequest.GetSigMask or PtraceRequest.SetSigMask:
                return Mask(task, target, request == PtraceRequest.SetSigMask, address, data);
            case PtraceRequest.PeekSigInfo:
                return PeekInfo(task, target, address, data);
            case PtraceRequest.GetSyscallInfo:
                return TraceCallInfo.Get(task, target, address, data);
            case PtraceRequest.GetSeccompFilter or PtraceRequest.GetSeccompMetadata:
                return TraceFilters.Get(task, target, request, address, data);
            case PtraceRequest.ArchPrctl:
                return Base(task, target, (ArchPrctlCode)data, address);
            default:
                using (TraceHold.Take(task, target, out TraceLink? link))
                {
                    return link is null ? Errno.ESRCH : Errno.EIO;
                }
        }
    }

    private static SysResult Peek(Task task, Task target, PtraceRequest request, ulong address, ulong data)
    {
        ulong word = 0;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null)
            {
                return Errno.ESRCH;
            }

            Errno error = Errno.Success;
            if (request == PtraceRequest.PeekUser)
            {
                error = TraceRegisters.Peek(link, address, out word);
            }
            else
            {
                Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref word));
                error = TraceMemory.Read(target, address, bytes, true) == 8 ? Errno.Success : Errno.EIO;
            }

            if (error != Errno.Success)
            {
                return error;
            }
        }

        return task.Memory.Write(data, word);
    }

    private static SysResult Poke(Task task, Task target, PtraceRequest request, ulong address, ulong data)
    {
        using TraceHold hold = TraceHold.Take(task, target, out TraceLink? link);
        if (link is null)
        {
            return Errno.ESRCH;
        }

        if (request == PtraceRequest.PokeUser)
        {
            return TraceRegisters.Poke(link, address, data);
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in data));
        return TraceMemory.Write(target, address, bytes, true) == 8 ? 0 : Errno.EIO;
    }

    private static SysResult Info(Task task, Task target, bool sets, ulong data)
    {
        SigInfo info = default;
        Errno error = sets ? task.Memory.Read(data, out info) : Errno.Success;
        if (error != Errno.Success)
        {
            return error;
        }

        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null || link.Info is null)
            {
                return link is null ? Errno.ESRCH : Errno.EINVAL;
            }

            if (sets)
            {
                link.Info = info;
                return 0;
            }

            info = link.Info.Value;
        }

        return task.Memory.Write(data, info);
    }

    private static SysResult Mask(Task task, Task target, bool sets, ulong size, ulong data)
    {
        ulong mask = 0;
        Errno error = sets && size == 8 ? task.Memory.Read(data, out mask) : Errno.Success;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null || size != 8)
            {
                return link is null ? Errno.ESRCH : Errno.EINVAL;
            }

            if (error != Errno.Success)
            {
                return error;
            }

            if (sets)
            {
                SignalMasks.Set(target, mask);
                return 0;
            }

            mask = target.RestoreMask ?? target.SignalMask;
        }

        return task.Memory.Write(data, mask);
    }

    // struct ptrace_peeksiginfo_args: offset, flags, count.
    private static SysResult PeekInfo(Task task, Task target, ulong address, ulong data)
    {
        Span<byte> arguments = stackalloc byte[16];
        Errno error = task.Memory.Read(address, arguments);
        ulong offset = MemoryMarshal.Read<ulong>(arguments);
        uint flags = MemoryMarshal.Read<uint>(arguments[8..]);
        int count = MemoryMarshal.Read<int>(arguments[12..]);
        int done = 0;
        for (; ; done++)
        {
            SigInfo info;
            using (TraceHold.Take(task, target, out TraceLink? link))
            {
                if (link is null)
                {
                    return Errno.ESRCH;
                }

                if (error != Errno.Success || (flags & ~1u) != 0 || count < 0)
                {
                    return error != Errno.Success ? error : Errno.EINVAL;
                }

                PendingSignals queue = (flags & 1) != 0 ? target.Group.Pending : target.Pending;
                using RankedLock.Scope scope = target.Group.SignalLock.Enter();
                ulong index = offset + (ulong)done;
                if (done == count || index > int.MaxValue || !queue.TryPeek((int)index, out info))
                {
                    return done;
                }
            }

            if (task.Memory.Write(data + (ulong)(done * Unsafe.SizeOf<SigInfo>()), info) != Errno.Success)
            {
                return done > 0 ? done : Errno.EFAULT;
            }
        }
    }

    // PTRACE_ARCH_PRCTL: the segments' bases.
    private static SysResult Base(Task task, Task target, ArchPrctlCode code, ulong address)
    {
        ulong value;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null)
            {
                return Errno.ESRCH;
            }

            UserRegisters registers = TraceRegisters.Get(target);
            switch (code)
            {
                case ArchPrctlCode.GetFs:
                    value = registers.FsBase;
                    break;
                case ArchPrctlCode.GetGs:
                    value = registers.GsBase;
                    break;
                case ArchPrctlCode.SetFs:
                    registers.FsBase = address;
                    return TraceRegisters.Set(link, in registers) == Errno.Success ? 0 : Errno.EPERM;
                case ArchPrctlCode.SetGs:
                    registers.GsBase = address;
                    return TraceRegisters.Set(link, in registers) == Errno.Success ? 0 : Errno.EPERM;
                default:
                    return Errno.EINVAL;
            }
        }

        return task.Memory.Write(address, value);
    }
}
