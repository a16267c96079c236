// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>sched_setattr(2), sched_getattr(2).</summary>
public static class SchedulerAttributes
{
    private const ulong KnownFlags = 0x7f;
    private const ulong KeepPolicy = 8;
    private const ulong KeepParameters = 0x10;
    private const ulong UtilizationFlags = 0x60;

    /// <summary>
    /// sched_setattr(2). SCHED_DEADLINE is refused as when the machine's capacity is given away: EBUSY.
    /// </summary>
    [Syscall("sched_setattr")]
    public static SysResult SetAttributes(Task task, int pid, GuestPtr<SchedulingAttributes> attributes,
        uint flags)
    {
        if (attributes.IsNull || pid < 0 || flags != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = Read(task, attributes.Address, out SchedulingAttributes wanted);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((int)wanted.Policy < 0)
        {
            return Errno.EINVAL;
        }

        Task? target = pid == 0 ? task : task.FindTask(pid);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        TaskScheduling present = target.Scheduling;
        var policy = (SchedulingPolicy)wanted.Policy;
        if ((wanted.Flags & KeepPolicy) != 0)
        {
            policy = present.Policy;
        }

        if ((wanted.Flags & ~KnownFlags) != 0)
        {
            return Errno.EINVAL;
        }

        // Without CONFIG_UCLAMP_TASK: no clamps.
        if ((wanted.Flags & UtilizationFlags) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (policy == SchedulingPolicy.Deadline)
        {
            return task.Credentials.Has(Capability.SysNice) ? Errno.EBUSY : Errno.EPERM;
        }

        bool keeps = (wanted.Flags & KeepParameters) != 0;
        int priority = keeps ? present.Priority : (int)Math.Min(wanted.Priority, int.MaxValue);
        int? nice = keeps ? null : Math.Clamp(wanted.Nice, -20, 19);
        bool resets = (wanted.Flags & SchedulingAttributes.ResetOnFork) != 0;
        return SchedulingRules.Set(task, target, policy, priority, nice, resets);
    }

    /// <summary>sched_getattr(2).</summary>
    [Syscall("sched_getattr")]
    public static SysResult GetAttributes(
        Task task, int pid, GuestPtr<SchedulingAttributes> attributes, uint size, uint flags)
    {
        if (attributes.IsNull || pid < 0 || size is < SchedulingAttributes.FirstSize or > 4096 || flags != 0)
        {
            return Errno.EINVAL;
        }

        TaskScheduling? theirs = (pid == 0 ? task : task.FindTask(pid))?.Scheduling;
        if (theirs is null)
        {
            return Errno.ESRCH;
        }

        uint used = Math.Min(size, SchedulingAttributes.CurrentSize);
        var result = new SchedulingAttributes
        {
            Size = used, Policy = (uint)theirs.Policy, Priority = (uint)theirs.Priority, Nice = theirs.Nice,
            Flags = theirs.ResetOnFork ? SchedulingAttributes.ResetOnFork : 0, UtilizationMaximum = 1024,
        };
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<SchedulingAttributes>(in result));
        return task.Memory.Write(attributes.Address, bytes[..(int)used]);
    }

    // copy_struct_from_user: what a newer program appends must be zero.
    private static Errno Read(Task task, ulong address, out SchedulingAttributes wanted)
    {
        wanted = default;
        Errno error = task.Memory.Read(address, out uint size);
        if (error != Errno.Success)
        {
            return error;
        }

        size = size == 0 ? SchedulingAttributes.FirstSize : size;
        Span<byte> buffer = stackalloc byte[(int)SchedulingAttributes.CurrentSize];
        buffer.Clear();
        if (size is < SchedulingAttributes.FirstSize or > 4096)
        {
            return TooBig(task, address);
        }

        int known = (int)Math.Min(size, SchedulingAttributes.CurrentSize);
        error = task.Memory.Read(address, buffer[..known]);
        if (error != Errno.Success)
        {
            return error;
        }

        Span<byte> rest = stackalloc byte[64];
        for (uint done = (uint)known; done < size; done += (uint)rest.Length)
        {
            rest = rest[..(int)Math.Min(size - done, 64)];
            error = task.Memory.Read(address + done, rest);
            if (error != Errno.Success)
            {
                return error;
            }

            if (rest.ContainsAnyExcept((byte)0))
            {
                return TooBig(task, address);
            }
        }

        wanted = MemoryMarshal.Read<SchedulingAttributes>(buffer);
        return Errno.Success;
    }

    private static Errno TooBig(Task task, ulong address)
    {
        _ = task.Memory.Write(address, SchedulingAttributes.CurrentSize);
        return Errno.E2BIG;
    }
}
