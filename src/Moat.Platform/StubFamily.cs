// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Seccomp;

namespace Moat.Platform;

/// <summary>
/// The stubs that share one seccomp listener: one that was executed, and all forked from it.
/// </summary>
/// <remarks>
/// Locks: a leaf lock guards the pending child. Invariants: at most one clone is under way, so that a thread
/// nobody knows can only be the child of that clone.
/// </remarks>
internal sealed class StubFamily : RefCounted
{
    private const int LongestCloneMs = 10_000;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly SemaphoreSlim _cloneGate = new(1, 1);
    private StubThread? _pendingChild;
    private ApprovedCall _pendingHello;

    /// <summary>The listener; the family owns it.</summary>
    internal int Listener { get; init; }

    /// <summary>Addresses in the stub's code.</summary>
    internal required StubCallSites Sites { get; init; }

    /// <summary>Who may spin in this sandbox.</summary>
    internal required SpinTurns Turns { get; init; }

    /// <summary>Which memory calls the family's filter lets through by itself.</summary>
    internal required MemoryCalls MemoryCalls { get; init; }

    /// <summary>
    /// Waits for its turn to clone and announces the child with its expected first call. A clone whose child
    /// has
    /// not come for long is given up: nobody waits for ever for what another process's guest does not do.
    /// </summary>
    internal void BeginClone(StubThread child, in ApprovedCall hello)
    {
        while (!_cloneGate.Wait(LongestCloneMs))
        {
            if (TakePending(null) is { } stale)
            {
                stale.OnProcessDeath();
                break;
            }
        }

        using (_lock.Enter())
        {
            _pendingChild = child;
            _pendingHello = hello;
        }
    }

    /// <summary>There will be no child; false when it has come all the same, or another's turn has.</summary>
    internal bool CancelClone(StubThread child)
    {
        if (TakePending(child) is null)
        {
            return false;
        }

        _cloneGate.Release();
        return true;
    }

    /// <summary>
    /// A thread that nobody knows makes its first call: is it the announced child? Its process then has a
    /// reference more.
    /// </summary>
    internal bool TryTakeChild(in SeccompNotification call, out StubThread? child, out int hostFd)
    {
        using (_lock.Enter())
        {
            child = _pendingChild;
            hostFd = _pendingHello.Order.HostFd;
            if (child is null || !_pendingHello.Matches(call))
            {
                return false;
            }

            child.Process.AddReference();
            _pendingChild = null;
        }

        return true;
    }

    /// <summary>The child is bound to its thread id: the next clone may begin.</summary>
    internal void EndClone() => _cloneGate.Release();

    // The announced child, if it is this one or any will do.
    private StubThread? TakePending(StubThread? wanted)
    {
        using (_lock.Enter())
        {
            StubThread? pending = _pendingChild;
            if (wanted is not null && pending != wanted)
            {
                return null;
            }

            _pendingChild = null;
            return pending;
        }
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        if (Listener >= 0)
        {
            HostFile.Close(Listener);
        }

        _cloneGate.Dispose();
    }
}
