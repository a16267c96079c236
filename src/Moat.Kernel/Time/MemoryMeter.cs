// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Host;
using Moat.Host.Clocks;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>Measures the memory that the sandbox uses, by asking the host about each stub.</summary>
/// <remarks>
/// Locks: a leaf lock for the last result. That is given again for as long as measuring it took a CPU: who
/// asks in a loop, measures half of the time at most. How many processes map a file's page the host could
/// only tell with those of others counted; so of pages of files, what the process with most of them has
/// mapped counts.
/// </remarks>
public sealed class MemoryMeter(LinuxKernel kernel)
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private SystemMemory _last;
    private long _validUntilNs;

    /// <summary>The present figures.</summary>
    public SystemMemory Read()
    {
        using (_lock.Enter())
        {
            if (Clock.MonotonicNs() < _validUntilNs)
            {
                return _last;
            }
        }

        // CPU time: a busy host is no reason to tell what is past.
        long began = HostClock.ReadNs(ClockId.ThreadCpuTime);
        SystemMemory measured = Measure();
        long took = HostClock.ReadNs(ClockId.ThreadCpuTime) - began;
        using (_lock.Enter())
        {
            _last = measured;
            _validUntilNs = Clock.MonotonicNs() + took;
        }

        return measured;
    }

    /// <summary>How much there is, in bytes.</summary>
    public long Total => kernel.HostFigures?.TotalBytes ?? (long)HostMemoryFigures.Read().TotalBytes;

    private SystemMemory Measure()
    {
        if (kernel.HostFigures is not { } host)
        {
            return new(Total, 0, 0, 0, 0);
        }

        HashSet<MemoryContext> spaces = Spaces(out bool hasCopies);
        long anonymous = 0;
        ResidentMemory most = default;
        foreach (MemoryContext space in spaces)
        {
            ResidentMemory one = host.ReadResident(space.Process.Pid);
            anonymous += hasCopies ? host.AnonymousBytes(space.Process.Pid, share: true) : one.Anonymous;
            most = one.File + one.Shared > most.File + most.Shared ? one : most;
        }

        long shared = Math.Max(host.SharedBytes, most.Shared);
        return new(Total, anonymous, most.File, shared, most.File + most.Shared);
    }

    // Forked children share pages with their parents until either writes: each counts with its share then.
    private HashSet<MemoryContext> Spaces(out bool hasCopies)
    {
        var spaces = new HashSet<MemoryContext>();
        hasCopies = false;
        foreach (ThreadGroup process in kernel.Tree.SnapshotProcesses())
        {
            if (process.State is ProcessState.Running or ProcessState.Stopped && process.Leader?.Mm is { } mm)
            {
                spaces.Add(mm);
                hasCopies |= mm.IsForked;
            }
        }

        return spaces;
    }
}
