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
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly SemaphoreSlim _cloneGate = new(1, 1);
    private StubThread? _pendingChild;
    private ApprovedCall _pendingHello;

    /// <summary>The listener; the family owns it.</summary>
    internal int Listener { get; init; }

    /// <summary>Addresses in the stub's code.</summary>
    internal required StubCallSites Sites { get; init; }

    /// <summary>Which memory calls the family's filter lets through by itself.</summary>
    internal required MemoryCalls MemoryCalls { get; init; }

    /// <summary>Waits for its turn to clone and announces the child with its expected first call.</summary>
    internal void BeginClone(StubThread child, in ApprovedCall hello)
    {
        _cloneGate.Wait();
        using (_lock.Enter())
        {
            _pendingChild = child;
            _pendingHello = hello;
        }
    }

    /// <summary>The clone failed: there will be no child.</summary>
    internal void CancelClone()
    {
        bool pending;
        using (_lock.Enter())
        {
            pending = _pendingChild is not null;
            _pendingChild = null;
        }

        if (pending)
        {
            _cloneGate.Release();
        }
    }

    /// <summary>A thread that nobody knows makes its first call: is it the announced child?</summary>
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

            _pendingChild = null;
        }

        return true;
    }

    /// <summary>The child is bound to its thread id: the next clone may begin.</summary>
    internal void EndClone() => _cloneGate.Release();

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
