// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Platform;

namespace Moat.Kernel.Time;

/// <summary>
/// The vDSO reads the host's clocks, which are not those of a time namespace with offsets: its clock_gettime
/// is made to call the kernel.
/// </summary>
public static class VdsoClock
{
    /// <summary>
    /// Does so in the calling task's process, which runs no guest code meanwhile: by a changed copy of all
    /// of it, since the host lets nobody write there, nor take a part away.
    /// </summary>
    public static void Redirect(Task task)
    {
        ulong vdso = task.Mm.Process.VdsoAddress;
        if (vdso == 0 || VdsoSymbols.ClockGetTime == 0)
        {
            return;
        }

        // mov eax, clock_gettime; syscall; ret
        ReadOnlySpan<byte> code = [0xb8, (byte)SyscallNumber.clock_gettime, 0, 0, 0, 0x0f, 0x05, 0xc3];
        ReservedRange range = task.AddressSpace.Vdso;
        ulong length = range.End - range.Start;
        byte[] copy = new byte[length];
        const ulong Open = (ulong)(MemoryProtection.Read | MemoryProtection.Write);
        const ulong Usual = (ulong)(MemoryProtection.Read | MemoryProtection.Execute);
        const ulong Fresh = (ulong)(MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        if (task.Mm.Memory.Read(vdso, copy.AsSpan()) == Errno.Success && task.Orders.Execute(
            [new MemoryOrder(SyscallNumber.mmap, vdso, length, Open, Fresh, ulong.MaxValue)]).IsOk)
        {
            code.CopyTo(copy.AsSpan((int)VdsoSymbols.ClockGetTime));
            _ = task.Mm.Memory.WriteVdso(vdso, copy);
            _ = task.Orders.Execute([new MemoryOrder(SyscallNumber.mprotect, vdso, length, Usual)]);
        }
    }
}
