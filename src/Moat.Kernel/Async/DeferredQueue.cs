// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Platform;

namespace Moat.Kernel.Async;

/// <summary>One thread that does deferred work, in the order in which it was noticed.</summary>
/// <remarks>
/// Locks: a leaf guards the list. Invariants: an item is in the list once, and may be put there again from
/// the moment it begins to run. The thread starts with the first item.
/// </remarks>
public sealed class DeferredQueue
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Queue<DeferredItem> _items = [];
    private bool _started;

    /// <summary>Where its thread sleeps; who is woken in vain sleeps again.</summary>
    internal Parker Parker { get; } = new();

    /// <summary>Has it run soon; callable from anywhere.</summary>
    public void Post(DeferredItem item)
    {
        using (_lock.Enter())
        {
            if (item.IsQueued)
            {
                return;
            }

            item.IsQueued = true;
            _items.Enqueue(item);
            if (!_started)
            {
                _started = true;
                new Thread(Run, 256 * 1024) { IsBackground = true, Name = "deferred" }.Start();
            }
        }

        Parker.Unpark();
    }

    private void Run()
    {
        while (true)
        {
            DeferredItem? item;
            using (_lock.Enter())
            {
                if (_items.TryDequeue(out item))
                {
                    item.IsQueued = false;
                }
            }

            if (item is null)
            {
                Parker.Park(long.MaxValue);
                continue;
            }

            try
            {
                item.Run();
            }
            catch (Exception failure)
            {
                // A bug of ours: the guest process that brought it about dies of it, nobody else.
                item.Group.Kernel.TaskFailed?.Invoke(item.Group.Leader, failure);
                TaskExit.BeginGroupExit(item.Group, (int)Signal.SIGKILL);
            }
        }
    }
}
