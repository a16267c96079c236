// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Tracing;

/// <summary>
/// A stopped tracee in its tracer's hands: it does not leave its stop before this is disposed of, not even to
/// die.
/// </summary>
public readonly ref struct TraceHold
{
    private readonly RankedLock.Scope _scope;
    private readonly bool _isHeld;

    private TraceHold(TraceLink link)
    {
        _scope = link.Lock.Enter();
        _isHeld = true;
    }

    /// <summary>Takes it; false (ESRCH) when it is not the caller's, or not stopped.</summary>
    public static TraceHold Take(Task tracer, Task target, out TraceLink? link)
    {
        link = target.Trace;
        if (link is null || link.Tracer != tracer)
        {
            link = null;
            return default;
        }

        var hold = new TraceHold(link);
        using (tracer.Kernel.Tree.Lock.Enter())
        {
            if (target.Trace == link && link.IsStopped && !link.IsResumed && !link.IsListening
                && !target.Group.IsKilled)
            {
                return hold;
            }
        }

        hold.Dispose();
        link = null;
        return default;
    }

    /// <summary>Lets it go on with its stop.</summary>
    public void Dispose()
    {
        if (_isHeld)
        {
            _scope.Dispose();
        }
    }
}
