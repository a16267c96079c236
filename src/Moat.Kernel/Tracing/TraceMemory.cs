// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Mman;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Platform;

namespace Moat.Kernel.Tracing;

/// <summary>
/// Another task's memory as debuggers use it: whatever its protection, and without the platform's patches.
/// </summary>
public static class TraceMemory
{
    private const long BirthPollNs = 200_000;

    /// <summary>Waits until a process that was just forked has memory of its own. No lock is held.</summary>
    public static void AwaitBirth(Task caller, Task task)
    {
        while (task.AwaitsFork && !caller.IsInterrupted)
        {
            _ = caller.Block(Deadline.After(BirthPollNs));
        }
    }

    /// <summary>Reads as much as is mapped.</summary>
    /// <param name="task">Whose memory: a held tracee, or the caller itself; others only what they could read
    /// themselves.</param>
    /// <param name="address">Where.</param>
    /// <param name="bytes">What is read.</param>
    /// <param name="forces">True for a held tracee, or the caller itself.</param>
    public static int Read(Task task, ulong address, Span<byte> bytes, bool forces)
    {
        if (task.Mm is not { } mm)
        {
            return 0;
        }

        int done = forces ? ForcedAccess.Read(mm.Space, task.Orders, mm.Memory, address, bytes)
            : mm.Memory.ReadPartial(address, bytes);
        SiteView.ShowOriginal(mm.Process, address, bytes[..done]);
        return done;
    }

    /// <summary>Writes as much as is mapped privately, or writable; else as <see cref="Read"/>.</summary>
    public static int Write(Task task, ulong address, ReadOnlySpan<byte> bytes, bool forces)
    {
        if (task.Mm is not { } mm)
        {
            return 0;
        }

        if (!forces)
        {
            return mm.Memory.WritePartial(address, bytes);
        }

        if (mm.Space.Find(address) is { } vma && (vma.Protection & MemoryProtection.Execute) != 0)
        {
            SiteView.Restore(mm.Space, task.Stub, address, (ulong)bytes.Length);
        }

        return ForcedAccess.Write(mm.Space, task.Orders, mm.Memory, address, bytes);
    }

    /// <summary>The same for /proc/PID/mem: protections yield for the caller's own memory, and for that of a
    /// tracee of its that is stopped.</summary>
    public static int ReadFor(Task caller, Task task, ulong address, Span<byte> bytes)
    {
        if (task.Mm == caller.Mm)
        {
            caller.SettleMemory();
            return Read(caller, address, bytes, true);
        }

        using TraceHold hold = TakeAny(caller, task, out Task? held);
        return Read(held ?? task, address, bytes, held is not null);
    }

    /// <summary>Writes as <see cref="ReadFor"/> reads.</summary>
    public static int WriteFor(Task caller, Task task, ulong address, ReadOnlySpan<byte> bytes)
    {
        if (task.Mm == caller.Mm)
        {
            return Write(caller, address, bytes, true);
        }

        using TraceHold hold = TakeAny(caller, task, out Task? held);
        return Write(held ?? task, address, bytes, held is not null);
    }

    private static TraceHold TakeAny(Task caller, Task task, out Task? held)
    {
        Task[] tracees;
        using (caller.Kernel.Tree.Lock.Enter())
        {
            tracees = caller.Group.Tracees.FindAll(one => one.Mm == task.Mm).ToArray();
        }

        foreach (Task tracee in tracees)
        {
            TraceHold hold = TraceHold.Take(caller, tracee, out TraceLink? link);
            if (link is not null)
            {
                held = tracee;
                return hold;
            }
        }

        held = null;
        return default;
    }
}
