// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Host;

namespace Moat.Memory;

/// <summary>
/// Guest memory reached through process_vm_readv(2) and process_vm_writev(2) on its stub process.
/// </summary>
/// <remarks>Locks: none. The host checks each page's protection, so the answer is what the guest itself would
/// get.</remarks>
public unsafe class StubMemory : UserMemory
{
    private int _pid;

    /// <summary>The memory of a stub.</summary>
    /// <param name="pid">The stub's process id as the kernel process sees it; 0 while it is being
    /// forked.</param>
    public StubMemory(int pid) => _pid = pid;

    /// <summary>The forked stub has come up.</summary>
    public void Bind(int pid) => System.Threading.Volatile.Write(ref _pid, pid);

    /// <summary>The vDSO's code, which guests may read although it lies above their own mappings.</summary>
    public ReservedRange Vdso { get; init; }

    /// <inheritdoc/>
    public override int ReadPartial(ulong address, Span<byte> destination)
    {
        // SAFETY: the buffer is pinned and the host writes at most its length.
        fixed (byte* local = destination)
        {
            bool inVdso = address >= Vdso.Start && address < Vdso.End;
            ulong limit = inVdso ? Vdso.End : AddressSpaceLimits.Top;
            return Transfer(SyscallNumber.process_vm_readv, local, address, destination.Length, limit);
        }
    }

    /// <inheritdoc/>
    public override int WritePartial(ulong address, ReadOnlySpan<byte> source)
    {
        // SAFETY: the buffer is pinned and the host reads at most its length.
        fixed (byte* local = source)
        {
            return Transfer(SyscallNumber.process_vm_writev, local, address, source.Length,
                AddressSpaceLimits.Top);
        }
    }

    /// <summary>Writes to the vDSO's range, where guests cannot: the caller has made it writable.</summary>
    public bool WriteVdso(ulong address, ReadOnlySpan<byte> source)
    {
        // SAFETY: the buffer is pinned and the host reads at most its length.
        fixed (byte* local = source)
        {
            return address >= Vdso.Start && Transfer(SyscallNumber.process_vm_writev, local, address,
                source.Length, Vdso.End) == source.Length;
        }
    }

    private int Transfer(SyscallNumber number, byte* local, ulong address, int length, ulong limit)
    {
        int done = 0;
        ulong end = address >= limit ? 0 : Math.Min(limit, address + (ulong)length);
        if (AddressSpaceLimits.TouchesHole(address, (ulong)length))
        {
            end = AddressSpaceLimits.HoleStart;
        }

        while (done < length && address + (ulong)done < end)
        {
            ulong at = address + (ulong)done;
            var near = new IoVector(local + done, end - at);
            var far = new IoVector((byte*)at, end - at);
            SysResult moved = HostCall.Invoke(number, (ulong)_pid, (ulong)(&near), 1, (ulong)(&far), 1);
            if (moved.Error == Errno.EINTR)
            {
                continue;
            }

            // A short count ends before the first page that cannot be accessed; the next round finds just
            // that.
            if (moved.IsError || moved.Raw == 0)
            {
                break;
            }

            done += (int)moved.Raw;
        }

        return done;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct IoVector(byte* start, ulong length)
    {
        private readonly byte* _start = start;
        private readonly ulong _length = length;
    }
}
