// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi.Seccomp;

namespace Moat.Kernel.Seccomp;

/// <summary>One filter of a task and those attached before it, which forks share (seccomp(2)).</summary>
/// <remarks>Invariants: immutable but for its users: tasks, and filters attached later.</remarks>
public sealed class SeccompFilter
{
    /// <summary>Most instructions of a chain, four for each filter included (MAX_INSNS_PER_PATH).</summary>
    internal const int LongestChain = 32768;

    private const int Overhead = 4;
    private readonly SeccompBudget _budget;
    private int _users = 1;

    internal SeccompFilter(BpfInstruction[] program, SeccompFilter? previous, SeccompFilterFlags flags,
        SeccompBudget budget)
    {
        Program = program;
        Previous = previous;
        Flags = flags;
        _budget = budget;
        Depth = (previous?.Depth ?? 0) + 1;
        ChainLength = LengthWith(previous, BpfCost.Of(program));
    }

    internal BpfInstruction[] Program { get; }

    /// <summary>The filter attached before.</summary>
    internal SeccompFilter? Previous { get; }

    /// <summary>How it was attached.</summary>
    public SeccompFilterFlags Flags { get; }

    /// <summary>Its program.</summary>
    public ReadOnlySpan<BpfInstruction> Instructions => Program;

    /// <summary>How many filters there are, this one included: Seccomp_filters of /proc/PID/status.</summary>
    public int Depth { get; }

    internal int ChainLength { get; }

    /// <summary>Who is asked about SECCOMP_RET_USER_NOTIF; null for nobody.</summary>
    internal SeccompListener? Listener { get; set; }

    /// <summary>False once no task has it any more.</summary>
    internal bool IsUsed => Volatile.Read(ref _users) > 0;

    internal static int LengthWith(SeccompFilter? previous, int added) =>
        (previous is null ? 0 : previous.ChainLength + Overhead) + added;

    /// <summary>Another task has it, or another filter is attached behind it.</summary>
    internal SeccompFilter Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>A user lets go of it, and the last one of those before it: a loop, since chains are long.
    /// </summary>
    internal static void Drop(SeccompFilter? filter)
    {
        while (filter is not null && Interlocked.Decrement(ref filter._users) == 0)
        {
            filter._budget.Give(filter.Program.Length);
            filter.Listener?.OnFilterUnused();
            filter = filter.Previous;
        }
    }

    /// <summary>True when a task with this newest filter has all of another's (is_ancestor).</summary>
    internal static bool Includes(SeccompFilter? newest, SeccompFilter? other)
    {
        for (SeccompFilter? filter = newest; other is not null && filter is not null;
            filter = filter.Previous)
        {
            if (filter == other)
            {
                return true;
            }
        }

        return other is null;
    }

    /// <summary>A filter of the chain counted from the oldest; null behind the newest.</summary>
    public SeccompFilter? FromOldest(ulong index)
    {
        SeccompFilter? filter = this;
        while (filter is not null && (ulong)(filter.Depth - 1) > index)
        {
            filter = filter.Previous;
        }

        return filter is not null && (ulong)(filter.Depth - 1) == index ? filter : null;
    }

    /// <summary>What the chain says of a call: the lowest action of all its filters.</summary>
    internal uint Judge(in SeccompData data, out SeccompFilter decider)
    {
        uint verdict = (uint)SeccompAction.Allow;
        decider = this;
        for (SeccompFilter? filter = this; filter is not null; filter = filter.Previous)
        {
            uint said = BpfMachine.Run(filter.Program, in data);
            if (Rank(said) < Rank(verdict))
            {
                verdict = said;
                decider = filter;
            }
        }

        return verdict;
    }

    private static int Rank(uint value) => (int)(value & (uint)SeccompAction.Mask);
}
