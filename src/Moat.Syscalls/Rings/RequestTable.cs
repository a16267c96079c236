// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Async;

namespace Moat.Syscalls.Rings;

/// <summary>
/// All requests of an instance that are not done, by user data; those that wait for a drain, and those whose
/// turn has come.
/// </summary>
/// <remarks>Locks: its own, of rank Object.</remarks>
internal sealed class RequestTable(RingLimits limits)
{
    private const int Most = 32768;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Dictionary<ulong, RingRequest> _requests = [];
    private readonly LinkedList<RingRequest> _drained = [];
    private readonly Queue<RingRequest> _resumed = [];
    private readonly SortedSet<RingRequest> _counting = new(new ByTarget());
    private ulong _lastSerial;
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
                chain.Drained = _drained.AddLast(chain);
                return false;
            }

            BeginLocked(chain, drains);
            return true;
        }
    }

    /// <summary>What a request was linked to is done: it is to begin when no other is worked on.</summary>
    internal void Resume(RingRequest request)
    {
        using (_lock.Enter())
        {
            if (request.State != RingState.Waiting)
            {
                return;
            }

            if (!request.HasBegun)
            {
                // Its chain was cancelled before its turn came, but for what hard links save.
                BeginLocked(request, drains: false);
            }

            _resumed.Enqueue(request);
        }
    }

    /// <summary>True when <see cref="Next"/> would find one.</summary>
    internal bool HasNext
    {
        get
        {
            using (_lock.Enter())
            {
                return _resumed.Count > 0 || MayDrainLocked();
            }
        }
    }

    /// <summary>A request whose turn has come; null when there is none.</summary>
    internal RingRequest? Next()
    {
        using (_lock.Enter())
        {
            if (_resumed.TryDequeue(out RingRequest? resumed))
            {
                return resumed;
            }

            if (!MayDrainLocked())
            {
                return null;
            }

            RingRequest chain = _drained.First!.Value;
            _drained.RemoveFirst();
            chain.Drained = null;
            BeginLocked(chain, Drains(chain));
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
            if (request.Serial != 0)
            {
                _counting.Remove(request);
            }

            if (request.Drained is { } place)
            {
                _drained.Remove(place);
                request.Drained = null;
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
                _resumed.Clear();
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
            timeout.Serial = ++_lastSerial;
            _counting.Add(timeout);
        }
    }

    /// <summary>A timeout that has seen its completions; null for none.</summary>
    internal RingRequest? TakeCounted(ulong posted)
    {
        if (_counting.Count == 0)
        {
            return null;
        }

        using (_lock.Enter())
        {
            if (_counting.Min is not { } first || first.Target > posted)
            {
                return null;
            }

            _counting.Remove(first);
            return first;
        }
    }

    private static bool Drains(RingRequest chain) => (chain.Entry.Flags & RingEntryFlags.Drain) != 0;

    private bool MayDrainLocked() => _drained.First is { } first
        && (_active == 0 || !(_drains || Drains(first.Value)));

    private void BeginLocked(RingRequest chain, bool drains)
    {
        _drains |= drains;
        for (RingRequest? at = chain; at is not null; at = at.Next)
        {
            BeginOneLocked(at);
            BeginOneLocked(at.Limit);
        }
    }

    // Only what is not done is counted: its removal takes it off again.
    private void BeginOneLocked(RingRequest? request)
    {
        if (request is { HasBegun: false } && request.State != RingState.Done)
        {
            request.HasBegun = true;
            _active++;
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

    private sealed class ByTarget : IComparer<RingRequest>
    {
        public int Compare(RingRequest? x, RingRequest? y)
        {
            int order = x!.Target.CompareTo(y!.Target);
            return order != 0 ? order : x.Serial.CompareTo(y.Serial);
        }
    }
}
