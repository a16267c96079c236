// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Vfs.Locks;

/// <summary>
/// Which owner of POSIX record locks waits for which other: finds deadlocks (fcntl_locking(2), EDEADLK).
/// </summary>
/// <remarks>
/// Locks: its own leaf lock. Invariants: no circle is ever entered; locks of open files are not looked at.
/// </remarks>
public sealed class LockWaits
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<object, object> _waitsFor = [];

    /// <summary>
    /// Notes that an owner is about to wait for another; false when that would close a circle.
    /// </summary>
    public bool TryBegin(object owner, object holder)
    {
        using (_lock.Enter())
        {
            object? next = holder;
            while (next is not null)
            {
                if (next == owner)
                {
                    return false;
                }

                _waitsFor.TryGetValue(next, out next);
            }

            _waitsFor[owner] = holder;
            return true;
        }
    }

    /// <summary>The owner waits no longer.</summary>
    public void End(object owner)
    {
        using (_lock.Enter())
        {
            _waitsFor.Remove(owner);
        }
    }
}
