// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.FileSystems.Proc;

/// <summary>Numbers about a task that several files of procfs show.</summary>
internal static class ProcessFigures
{
    /// <summary>USER_HZ: clock ticks per second.</summary>
    internal const long TicksPerSecond = 100;

    private const long NanosecondsPerTick = 1_000_000_000 / TicksPerSecond;

    /// <summary>The state letter: R, S, D, T, t or Z.</summary>
    internal static char State(Task task) => task.Group.State switch
    {
        not (ProcessState.Zombie or ProcessState.Dead) when task.Trace is { IsStopped: true } => 't',
        ProcessState.Zombie or ProcessState.Dead => 'Z',
        ProcessState.Stopped => 'T',
        _ => task.HasLeft ? 'Z' : task.IsBlocked || task.IsFrozen ? 'S' : task.IsHeldUp ? 'D' : 'R',
    };

    internal static long Ticks(long nanoseconds) => nanoseconds / NanosecondsPerTick;

    /// <summary>The address space, unless the task has none any more.</summary>
    internal static AddressSpace? Space(Task task) =>
        task.Group.State is ProcessState.Zombie or ProcessState.Dead ? null : task.Mm?.Space;

    /// <summary>
    /// Resident and shared pages: the host's word, or else what is mapped writable, which is an upper bound.
    /// </summary>
    internal static (long Resident, long Shared) Resident(HostFacts facts, Task task)
    {
        if (Space(task) is not { } space)
        {
            return (0, 0);
        }

        int hostPid = task.Mm?.Process.Pid ?? 0;
        if (facts.TryGetResident(hostPid, out long resident, out long shared))
        {
            return (resident, shared);
        }

        AddressSpaceUsage usage = space.GetUsage();
        long code = (long)(usage.Executable + usage.Libraries) / 4096;
        return (((long)(usage.Data + usage.Stack) / 4096) + code, code);
    }

    /// <summary>Resident bytes by kind; as good as <see cref="Resident"/> knows where the host does not tell.
    /// </summary>
    internal static ResidentMemory ResidentByKind(HostFacts facts, Task task)
    {
        ResidentMemory kinds = facts.ReadResident(Space(task) is null ? 0 : task.Mm.Process.Pid);
        if (kinds != default)
        {
            return kinds;
        }

        (long resident, long shared) = Resident(facts, task);
        return new(Math.Max(resident - shared, 0) * 4096, shared * 4096, 0);
    }

    /// <summary>The signals whose handler is the given kind, bit n-1 for signal n.</summary>
    internal static ulong Handlers(Task task, bool ignored)
    {
        ulong mask = 0;
        for (int signal = 1; signal <= 64; signal++)
        {
            ulong handler = task.Group.Handlers.Get(signal).Handler;
            bool isIgnored = handler == SignalAction.SIG_IGN;
            bool isCaught = !isIgnored && handler != SignalAction.SIG_DFL;
            mask |= (ignored ? isIgnored : isCaught) ? 1UL << (signal - 1) : 0;
        }

        return mask;
    }
}
