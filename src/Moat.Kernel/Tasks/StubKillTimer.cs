// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Base;
using Moat.Kernel.Time;
using Moat.Platform;

namespace Moat.Kernel.Tasks;

/// <summary>Kills the stub of a process that was told to end and has not done so in time.</summary>
/// <remarks>Invariants: holds a reference to the stub from its start until stopped or gone off.</remarks>
internal sealed class StubKillTimer : KernelTimer
{
    private const long GraceNs = 200_000_000;

    private readonly TimerQueue _queue;
    private readonly StubProcess _process;
    private int _references;

    internal StubKillTimer(TimerQueue queue, StubProcess process)
    {
        _queue = queue;
        _process = process;
    }

    /// <summary>Called by a task that uses the stub, or about one whose end waits for the tree.</summary>
    internal void Start()
    {
        if (_process.TryAddReference())
        {
            Volatile.Write(ref _references, 1);
            _queue.Arm(this, Clock.MonotonicNs() + GraceNs);
        }
    }

    /// <summary>The process has ended.</summary>
    internal void Stop()
    {
        _ = _queue.Cancel(this);
        if (Interlocked.Exchange(ref _references, 0) != 0)
        {
            _process.Release();
        }
    }

    /// <inheritdoc/>
    protected internal override void Expire()
    {
        if (Interlocked.Exchange(ref _references, 0) != 0)
        {
            _process.Kill();
            _process.Release();
        }
    }
}
