// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Async;

namespace Moat.Syscalls.Rings;

/// <summary>
/// All requests of an instance that are not done, by user data; and those that wait for a drain.
/// </summary>
/// <remarks>Locks: its own, of rank Object.</remarks>
internal sealed class RequestTable(RingLimits limits)
{
    private const int Most = 32768;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Dictionary<ulong, RingRequest> _requests = [];
    private readonly Queue<RingRequest> _drained = [];
    private readonly List<RingRequest> _counting = [];
    private int _count;
    private int _active;
    private bool _drains;
    private bool _isClosed;

    /// <summary>Adds a request; false when there are too many.</summary>
    internal bool TryAdd(RingRequest request)
    {
        if (!limits.TryAddRequest())
        {
            return false;
        }

        using (_lock.Enter())
        {
            if (_count < Most && !_isClosed)
            {
                _count++;
                AddLocked(request);
                return true;
            }
        }

        limits.RemoveRequest();
        return false;
    }

    /// <summary>A chain is submitted: true when it may begin; otherwise it waits.</summary>
    internal bool MayBegin(RingRequest chain)
    {
        using (_lock.Enter())
        {
            bool drains = Drains(chain);
            if (_drained.Count > 0 || ((drains || _drains) && _active > 0))
            {
                _drained.Enqueue(chain);
                return false;
            }

            BeginLocked(chain, drains);
            return true;
        }
    }

    /// <summary>A chain whose turn has come; null when there is none.</summary>
    internal RingRequest? NextDrained()
    {
        using (_lock.Enter())
        {
            if (!_drained.TryPeek(out RingRequest? chain))
            {
                return null;
            }

            bool drains = Drains(chain);
            if ((drains || _drains) && _active > 0)
            {
                return null;
            }

            _drained.Dequeue();
            BeginLocked(chain, drains);
            return chain;
        }
    }

    /// <summary>A request is done.</summary>
    internal void Remove(RingRequest request)
    {
        using (_lock.Enter())
        {
            _count--;
            _active -= request.HasBegun ? 1 : 0;
            _drains &= _active > 0;
            if (request.Entry is { Operation: RingOperation.Timeout, Offset: > 0 })
            {
                _counting.Remove(request);
            }

            if (request.Previous is { } previous)
            {
                previous.Following = request.Following;
            }
            else if (request.Following is { } first)
            {
                _requests[request.UserData] = first;
            }
            else
            {
                _requests.Remove(request.UserData);
            }

            if (request.Following is { } following)
            {
                following.Previous = request.Previous;
            }

            request.Previous = null;
            request.Following = null;
        }

        limits.RemoveRequest();
    }

    /// <summary>A request with this user data that is not <paramref name="but"/>; null for none.</summary>
    internal RingRequest? Find(ulong userData, RingRequest but, bool timeouts)
    {
        using (_lock.Enter())
        {
            RingRequest? at = _requests.GetValueOrDefault(userData);
            while (at is not null && (at == but || at.State == RingState.Done
                || (timeouts && at.Entry.Operation != RingOperation.Timeout
                && at.Entry.Operation != RingOperation.LinkTimeout)))
            {
                at = at.Following;
            }

            return at;
        }
    }

    /// <summary>All of them at this moment.</summary>
    internal List<RingRequest> Snapshot(bool closes)
    {
        using (_lock.Enter())
        {
            _isClosed |= closes;
            if (closes)
            {
                _drained.Clear();
            }

            var all = new List<RingRequest>(_count);
            foreach (RingRequest first in _requests.Values)
            {
                for (RingRequest? at = first; at is not null; at = at.Following)
                {
                    all.Add(at);
                }
            }

            return all;
        }
    }

    /// <summary>A timeout waits for so many completions.</summary>
    internal void Count(RingRequest timeout)
    {
        using (_lock.Enter())
        {
            _counting.Add(timeout);
        }
    }

    /// <summary>A timeout that has seen its completions; null for none.</summary>
    internal RingRequest? TakeCounted(uint posted)
    {
        if (_counting.Count == 0)
        {
            return null;
        }

        using (_lock.Enter())
        {
            int index = _counting.FindIndex(request => (int)(posted - request.Target) >= 0);
            if (index < 0)
            {
                return null;
            }

            RingRequest found = _counting[index];
            _counting.RemoveAt(index);
            return found;
        }
    }

    private static bool Drains(RingRequest chain) => (chain.Entry.Flags & RingEntryFlags.Drain) != 0;

    private void BeginLocked(RingRequest chain, bool drains)
    {
        _drains |= drains;
        for (RingRequest? at = chain; at is not null; at = at.Next)
        {
            at.HasBegun = true;
            _active++;
            if (at.Limit is { } limit)
            {
                limit.HasBegun = true;
                _active++;
            }
        }
    }

    private void AddLocked(RingRequest request)
    {
        if (_requests.TryGetValue(request.UserData, out RingRequest? first))
        {
            request.Following = first;
            first.Previous = request;
        }

        _requests[request.UserData] = request;
    }
}
