// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>sched_setaffinity(2), sched_getaffinity(2).</summary>
public static class Affinity
{
    /// <summary>sched_getaffinity(2): answers the size of a mask in bytes.</summary>
    [Syscall("sched_getaffinity")]
    public static SysResult GetAffinity(Task task, int pid, uint length, GuestBuffer mask)
    {
        if (length * 8UL < (ulong)task.Kernel.CpuCount || length % 8 != 0)
        {
            return Errno.EINVAL;
        }

        Task? target = pid == 0 ? task : task.FindTask(pid);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(target.Scheduling.Affinity.AsSpan());
        bytes = bytes[..(int)Math.Min(length, (uint)bytes.Length)];
        Errno error = task.Memory.Write(mask.Address, bytes);
        return error != Errno.Success ? error : bytes.Length;
    }

    /// <summary>sched_setaffinity(2).</summary>
    [Syscall("sched_setaffinity")]
    public static SysResult SetAffinity(Task task, int pid, uint length, GuestBuffer mask)
    {
        ulong[] wanted = TaskScheduling.AllCpus(task.Kernel.CpuCount);
        Span<byte> given = stackalloc byte[wanted.Length * 8];
        given.Clear();
        given = given[..(int)Math.Min(length, (uint)given.Length)];
        Errno error = task.Memory.Read(mask.Address, given);
        if (error != Errno.Success)
        {
            return error;
        }

        Task? target = pid == 0 ? task : task.FindTask(pid);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        if (!SchedulingRules.IsSameOwner(task.Credentials, target.Credentials)
            && !task.Credentials.Has(Capability.SysNice))
        {
            return Errno.EPERM;
        }

        Span<byte> bytes = MemoryMarshal.AsBytes(wanted.AsSpan());
        bool any = false;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= i < given.Length ? given[i] : (byte)0;
            any |= bytes[i] != 0;
        }

        if (!any)
        {
            return Errno.EINVAL;
        }

        target.Scheduling.Affinity = wanted;
        HostScheduling.Follow(target);
        return 0;
    }
}
