// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Vfs.Events;

/// <summary>The watched files that something has happened to, oldest first.</summary>
/// <remarks>Locks: its own leaf lock: items arrive while the lock of a file's wait queue is held.</remarks>
internal sealed class EpollReadyList
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private EpollItem? _first;
    private EpollItem? _last;
    private int _count;

    /// <summary>How many items are on it.</summary>
    internal int Count
    {
        get
        {
            using (_lock.Enter())
            {
                return _count;
            }
        }
    }

    /// <summary>Appends an item unless it is there; false when it was, or is no longer watched.</summary>
    internal bool Add(EpollItem item)
    {
        using (_lock.Enter())
        {
            if (item.IsReady || item.IsRemoved)
            {
                return false;
            }

            item.IsReady = true;
            item.NextReady = null;
            if (_last is null)
            {
                _first = item;
            }
            else
            {
                _last.NextReady = item;
            }

            _last = item;
            _count++;
            return true;
        }
    }

    /// <summary>Puts an item before all others unless it is there; false as above.</summary>
    internal bool AddFirst(EpollItem item)
    {
        using (_lock.Enter())
        {
            if (item.IsReady || item.IsRemoved)
            {
                return false;
            }

            item.IsReady = true;
            item.NextReady = _first;
            _first = item;
            _last ??= item;
            _count++;
            return true;
        }
    }

    /// <summary>Takes the oldest item that is still watched; null when there is none.</summary>
    internal EpollItem? Take()
    {
        using (_lock.Enter())
        {
            while (_first is { } item)
            {
                _first = item.NextReady;
                _last = _first is null ? null : _last;
                item.NextReady = null;
                item.IsReady = false;
                _count--;
                if (!item.IsRemoved)
                {
                    return item;
                }
            }

            return null;
        }
    }

    /// <summary>The item will not be reported any more; if it is on the list, it is skipped there.</summary>
    internal void Remove(EpollItem item)
    {
        using (_lock.Enter())
        {
            item.IsRemoved = true;
        }
    }

    /// <summary>Copies of the present entries, for looking at them without taking them.</summary>
    internal EpollItem[] Snapshot()
    {
        using (_lock.Enter())
        {
            var items = new EpollItem[_count];
            EpollItem? item = _first;
            for (int i = 0; i < items.Length; i++, item = item!.NextReady)
            {
                items[i] = item!;
            }

            return items;
        }
    }
}
