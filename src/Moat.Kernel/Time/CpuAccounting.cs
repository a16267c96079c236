// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Time;

/// <summary>CPU time that a process has from threads and children that are no more.</summary>
/// <remarks>Locks: a leaf lock.</remarks>
public sealed class CpuAccounting
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private CpuTimes _exited;
    private CpuTimes _children;

    /// <summary>Of exited threads.</summary>
    public CpuTimes Exited
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _exited;
        }
    }

    /// <summary>Of children that were waited for, and of theirs.</summary>
    public CpuTimes Children
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _children;
        }
    }

    /// <summary>A thread exits: its clock is read for the last time.</summary>
    public void AddExited(CpuTimes times)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _exited += times;
    }

    /// <summary>A child was waited for.</summary>
    public void AddChild(CpuTimes times)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _children += times;
    }
}
