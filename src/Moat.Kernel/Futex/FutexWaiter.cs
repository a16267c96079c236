// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Kernel.Futex;

/// <summary>One place in a futex queue. Each task keeps its own and uses it again for every wait.</summary>
/// <remarks>
/// Locks: links, key and bitset belong to the bucket's lock. Invariants: <see cref="Bucket"/> names the
/// bucket whose list holds the waiter; it is null before and after. A woken waiter leaves its list under the
/// lock, but counts as woken only when the waker has let go of it, so that it may be used again at once.
/// </remarks>
public abstract class FutexWaiter
{
    internal FutexBucket? Bucket;
    internal FutexWaiter? Previous;
    internal FutexWaiter? Next;
    internal FutexKey Key;
    internal uint Bitset;

    /// <summary>What it waits for; only plain waiters can be woken and moved by plain commands.</summary>
    internal FutexWaiterKind Kind;

    /// <summary>The bitset of the wake that took this waiter.</summary>
    internal uint WokenBy;
    private volatile bool _woken;

    /// <summary>True once a wake has chosen this waiter and is done with it.</summary>
    public bool IsWoken => _woken;

    /// <summary>
    /// Called after the waiter was chosen, without any lock; may come late, when the wait is long over.
    /// </summary>
    protected abstract void OnWoken();

    internal void Reset(in FutexKey key, uint bitset, FutexWaiterKind kind)
    {
        Kind = kind;
        Key = key;
        Bitset = bitset;
        _woken = false;
    }

    /// <summary>The waker's last touch.</summary>
    internal void FinishWake()
    {
        _woken = true;
        OnWoken();
    }

    /// <summary>
    /// Waits for a waker that has taken the waiter off its list to finish: a few instructions.
    /// </summary>
    internal void AwaitWaker()
    {
        SpinWait spin = default;
        while (!_woken)
        {
            spin.SpinOnce();
        }
    }
}
