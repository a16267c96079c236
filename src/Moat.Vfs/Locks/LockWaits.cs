// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Vfs.Locks;

/// <summary>
/// Which owner of POSIX record locks waits for which other: finds deadlocks (fcntl_locking(2), EDEADLK).
/// </summary>
/// <remarks>
/// Locks: its own leaf lock. An owner is a descriptor table, whose threads may wait for several others: as on
/// Linux one of these waits is followed, and no more than ten steps.
/// </remarks>
public sealed class LockWaits
{
    private const int MostSteps = 10;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<object, List<(LockWaiter Waiter, object Holder)>> _waits = [];

    /// <summary>
    /// Notes that somebody is about to wait for another owner; false when that would close a circle.
    /// </summary>
    public bool TryBegin(LockWaiter waiter, object owner, object holder)
    {
        using (_lock.Enter())
        {
            RemoveLocked(waiter, owner);
            object next = holder;
            for (int steps = 0; steps < MostSteps; steps++)
            {
                if (next == owner)
                {
                    return false;
                }

                if (!_waits.TryGetValue(next, out List<(LockWaiter Waiter, object Holder)>? others))
                {
                    break;
                }

                next = others[0].Holder;
            }

            if (!_waits.TryGetValue(owner, out List<(LockWaiter Waiter, object Holder)>? own))
            {
                own = [];
                _waits.Add(owner, own);
            }

            own.Add((waiter, holder));
            return true;
        }
    }

    /// <summary>It waits no longer.</summary>
    public void End(LockWaiter waiter, object owner)
    {
        using (_lock.Enter())
        {
            RemoveLocked(waiter, owner);
        }
    }

    private void RemoveLocked(LockWaiter waiter, object owner)
    {
        if (_waits.TryGetValue(owner, out List<(LockWaiter Waiter, object Holder)>? own)
            && own.RemoveAll(wait => wait.Waiter == waiter) > 0 && own.Count == 0)
        {
            _waits.Remove(owner);
        }
    }
}
