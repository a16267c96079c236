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
    /// Changes the copy of the calling task's process, which runs no guest code meanwhile. Where the host
    /// does not let the vDSO be changed, programs that have its address keep reading the host's clocks.
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
        ulong place = vdso + VdsoSymbols.ClockGetTime;
        ulong page = AddressSpaceLimits.PageDown(place);
        ulong length = AddressSpaceLimits.PageUp(place + (ulong)code.Length) - page;
        const ulong Open = (ulong)(MemoryProtection.Read | MemoryProtection.Write);
        const ulong Usual = (ulong)(MemoryProtection.Read | MemoryProtection.Execute);
        if (task.Orders.Execute([new MemoryOrder(SyscallNumber.mprotect, page, length, Open)]).IsOk)
        {
            _ = task.Mm.Memory.WritePartial(place, code);
            _ = task.Orders.Execute([new MemoryOrder(SyscallNumber.mprotect, page, length, Usual)]);
        }
    }
}
