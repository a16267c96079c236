// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Time;

/// <summary>What a process has used by threads, programs and children that are no more.</summary>
/// <remarks>Locks: a leaf lock.</remarks>
public sealed class CpuAccounting
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private CpuTimes _exited;
    private CpuTimes _children;
    private MemoryFigures _past;
    private MemoryFigures _ofChildren;

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

    /// <summary>Memory of earlier programs and exited threads.</summary>
    public MemoryFigures Past
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _past;
        }
    }

    /// <summary>Memory of children that were waited for, and of theirs.</summary>
    public MemoryFigures OfChildren
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _ofChildren;
        }
    }

    /// <summary>A program or a thread ends.</summary>
    public void AddPast(in MemoryFigures figures)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _past = _past.With(figures);
    }

    /// <summary>A thread exits: its clock is read for the last time.</summary>
    public void AddExited(CpuTimes times)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _exited += times;
    }

    /// <summary>A child was waited for.</summary>
    public void AddChild(CpuTimes times, in MemoryFigures memory)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _children += times;
        _ofChildren = _ofChildren.With(memory);
    }
}
