// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Sched;

namespace Moat.Host.Processes;

/// <summary>Where threads run, and how urgently.</summary>
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
            SetMask(0, others);
            SetMask(0, s_all);
        }
    }

    /// <summary>
    /// Has a thread run on some CPUs only. They are numbered as guests see them: the first is the first that
    /// this process may use; all of them are all that it may.
    /// </summary>
    [HostCall("sched_setaffinity", Why = "stub threads of guests that choose their CPUs")]
    public static void SetCpus(int tid, ReadOnlySpan<ulong> cpus, int cpuCount)
    {
        Span<ulong> mask = stackalloc ulong[MaskWords];
        mask.Clear();
        bool isAll = true;
        int guest = 0;
        for (int host = 0; host < MaskWords * 64 && guest < cpuCount; host++)
        {
            if ((s_all[host / 64] >> (host % 64) & 1) == 0)
            {
                continue;
            }

            bool isWanted = guest / 64 < cpus.Length && (cpus[guest / 64] >> (guest % 64) & 1) != 0;
            mask[host / 64] |= isWanted ? 1UL << (host % 64) : 0;
            isAll &= isWanted;
            guest++;
        }

        SetMask(tid, isAll ? s_all : mask);
    }

    /// <summary>Sets a thread's nice value, as far as the host lets it be.</summary>
    [HostCall("setpriority", Why = "stub threads of guests that are nice")]
    public static Errno SetNice(int tid, int nice) =>
        HostCall.Invoke(SyscallNumber.setpriority, 0, (ulong)tid, (ulong)(long)nice).Error;

    /// <summary>Sets a thread's policy, none of the real-time ones, as far as the host lets it be.</summary>
    [HostCall("sched_setscheduler", Why = "stub threads of guests that run in the background")]
    public static Errno SetPolicy(int tid, SchedulingPolicy policy)
    {
        var parameters = new SchedulingParameters(0);
        // SAFETY: the parameters outlive the call, which reads them.
        return HostCall.Invoke(
            SyscallNumber.sched_setscheduler, (ulong)tid, (ulong)policy, (ulong)&parameters).Error;
    }

    private static void SetMask(int tid, ReadOnlySpan<ulong> mask)
    {
        fixed (ulong* p = mask)
        {
            // SAFETY: the mask outlives the call, which reads so many bytes of it.
            _ = HostCall.Invoke(
                SyscallNumber.sched_setaffinity, (ulong)tid, MaskWords * sizeof(ulong), (ulong)p);
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
