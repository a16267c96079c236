// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;

namespace Moat.Vfs.Notify;

/// <summary>
/// What users may hold of inotify (/proc/sys/fs/inotify), and what all of them together may.
/// </summary>
/// <remarks>
/// Locks: its own, a leaf. Invariants: the bounds for all users hold whatever the settings say, since a
/// guest's root may change those and be many users.
/// </remarks>
public sealed class NotifyLimits
{
    private const int AllInstances = 1 << 14;
    private const int AllGroups = 128;

    // Every event looks at all groups; what ordinary users cannot take stays for root.
    private const int GroupsOfUsers = 64;
    private const int GroupsOfUser = 16;
    private const int AllWatches = 1 << 19;
    private const int AllEvents = 1 << 18;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<uint, (int Instances, int Watches)> _users = [];
    private readonly HashSet<InotifyFile> _files = [];
    private FanotifyFile[] _groups = [];
    private FanotifyFile[] _askers = [];
    private int _watches;
    private int _events;
    private int _cookie;

    /// <summary>max_user_instances.</summary>
    public int MaximumInstances { get; set; } = 128;

    /// <summary>max_user_watches.</summary>
    public int MaximumWatches { get; set; } = 65536;

    /// <summary>max_queued_events, for new instances.</summary>
    public int MaximumEvents { get; set; } = 16384;

    /// <summary>A number for a rename.</summary>
    internal uint NextCookie() => (uint)Interlocked.Increment(ref _cookie);

    /// <summary>A new instance of a user's: EMFILE.</summary>
    internal Errno Add(InotifyFile file, uint user)
    {
        using (_lock.Enter())
        {
            (int instances, int watches) = _users.GetValueOrDefault(user);
            if (instances >= MaximumInstances || _files.Count >= AllInstances)
            {
                return Errno.EMFILE;
            }

            _files.Add(file);
            _users[user] = (instances + 1, watches);
            return Errno.Success;
        }
    }

    /// <summary>An instance is gone; it has no watches any more.</summary>
    internal void Remove(InotifyFile file, uint user)
    {
        using (_lock.Enter())
        {
            if (_files.Remove(file))
            {
                ChangeLocked(user, -1, 0);
            }
        }
    }

    /// <summary>The fanotify groups of this moment; not to be changed.</summary>
    internal FanotifyFile[] Groups => Volatile.Read(ref _groups);

    /// <summary>Those that may be asked for permission, in the order in which they are.</summary>
    internal FanotifyFile[] Askers => Volatile.Read(ref _askers);

    /// <summary>A new fanotify group, which counts as an instance: EMFILE.</summary>
    internal Errno AddGroup(FanotifyFile group, uint user)
    {
        using (_lock.Enter())
        {
            (int instances, int watches) = _users.GetValueOrDefault(user);
            int own = user == 0 ? 0 : Array.FindAll(_groups, other => other.User == user).Length;
            if (instances >= MaximumInstances || own >= GroupsOfUser
                || _groups.Length >= (user == 0 ? AllGroups : GroupsOfUsers))
            {
                return Errno.EMFILE;
            }

            SetGroupsLocked([.. _groups, group]);
            _users[user] = (instances + 1, watches);
            return Errno.Success;
        }
    }

    /// <summary>A group is gone.</summary>
    internal void RemoveGroup(FanotifyFile group, uint user)
    {
        using (_lock.Enter())
        {
            if (Array.IndexOf(_groups, group) >= 0)
            {
                SetGroupsLocked(Array.FindAll(_groups, other => other != group));
                ChangeLocked(user, -1, 0);
            }
        }
    }

    /// <summary>A new watch or mark of a user's: ENOSPC.</summary>
    internal Errno AddWatch(uint user, bool isUnlimited = false)
    {
        using (_lock.Enter())
        {
            bool isFull = !isUnlimited && _users.GetValueOrDefault(user).Watches >= MaximumWatches;
            if (isFull || _watches >= AllWatches)
            {
                return Errno.ENOSPC;
            }

            ChangeLocked(user, 0, 1);
            return Errno.Success;
        }
    }

    internal void RemoveWatch(uint user)
    {
        using (_lock.Enter())
        {
            ChangeLocked(user, 0, -1);
        }
    }

    /// <summary>Room for one more event; false when all queues together are full.</summary>
    /// <param name="weight">As how many it counts: those of fanotify are larger.</param>
    internal bool TryAddEvent(int weight = 1)
    {
        if (Interlocked.Add(ref _events, weight) <= AllEvents)
        {
            return true;
        }

        Interlocked.Add(ref _events, -weight);
        return false;
    }

    internal void RemoveEvents(int count) => Interlocked.Add(ref _events, -count);

    /// <summary>All instances at this moment.</summary>
    internal InotifyFile[] Instances()
    {
        using (_lock.Enter())
        {
            return [.. _files];
        }
    }

    private void SetGroupsLocked(FanotifyFile[] groups)
    {
        Volatile.Write(ref _groups, groups);
        FanotifyFile[] first =
            Array.FindAll(groups, one => (one.Reports & FanotifyFlags.ClassPreContent) != 0);
        FanotifyFile[] then =
            Array.FindAll(groups, one => (one.Reports & FanotifyFlags.ClassContent) != 0);
        Volatile.Write(ref _askers, [.. first, .. then]);
    }

    private void ChangeLocked(uint user, int instances, int watches)
    {
        (int Instances, int Watches) now = _users.GetValueOrDefault(user);
        now = (now.Instances + instances, now.Watches + watches);
        _watches += watches;
        if (now == (0, 0))
        {
            _users.Remove(user);
        }
        else
        {
            _users[user] = now;
        }
    }
}
