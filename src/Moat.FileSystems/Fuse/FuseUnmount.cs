// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Time;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// Ends the connection when the last mount of a file system is gone: a moment later, since a mount that moves
/// is gone for an instant, and so that the daemon reads what it is still to be told.
/// </summary>
internal sealed class FuseUnmount(FuseFileSystem fileSystem, TimerQueue timers) : KernelTimer
{
    private const long PeriodNs = 1_000_000;
    private const int MostRounds = 1000;
    private int _rounds;

    /// <summary>True once no mount was there.</summary>
    internal bool HasBegun { get; private set; }

    /// <summary>Looks soon whether it is over.</summary>
    internal void Begin()
    {
        HasBegun = true;
        _rounds = 0;
        timers.Arm(this, Clock.MonotonicNs() + PeriodNs);
    }

    /// <inheritdoc/>
    protected override void Expire()
    {
        if (fileSystem.IsMounted || fileSystem.HasOpenFiles || fileSystem.Connection.IsOver)
        {
            return;
        }

        if (fileSystem.Connection.HasWork && ++_rounds < MostRounds)
        {
            timers.Arm(this, Clock.MonotonicNs() + PeriodNs);
            return;
        }

        fileSystem.Connection.Abort();
    }
}
