// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;

namespace Moat.Host.Processes;

/// <summary>What the calling thread can change about itself.</summary>
public static unsafe class HostThread
{
    // 8,192 CPUs: as many as Linux can be configured for.
    private const int MaskWords = 128;
    private static readonly ulong[] s_all = ReadMask();

    /// <summary>
    /// Moves to another CPU if there is one, and may come back at once: the scheduler goes on from there.
    /// </summary>
    [HostCall("sched_setaffinity", Why = "a task thread that shares its stub thread's CPU while both spin")]
    public static void LeaveCpu(uint cpu)
    {
        Span<ulong> others = stackalloc ulong[MaskWords];
        s_all.CopyTo(others);
        others[(int)(cpu / 64) % MaskWords] &= ~(1UL << (int)(cpu % 64));
        if (others.ContainsAnyExcept(0UL))
        {
            SetMask(others);
            SetMask(s_all);
        }
    }

    private static void SetMask(ReadOnlySpan<ulong> mask)
    {
        fixed (ulong* p = mask)
        {
            // SAFETY: the mask outlives the call, which reads so many bytes of it.
            _ = HostCall.Invoke(SyscallNumber.sched_setaffinity, 0, MaskWords * sizeof(ulong), (ulong)p);
        }
    }

    private static ulong[] ReadMask()
    {
        ulong[] mask = new ulong[MaskWords];
        fixed (ulong* p = mask)
        {
            // SAFETY: the call writes at most so many bytes.
            _ = HostCall.Invoke(SyscallNumber.sched_getaffinity, 0, MaskWords * sizeof(ulong), (ulong)p);
        }

        return mask;
    }
}
