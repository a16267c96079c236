// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>All objects of one kind in an IPC namespace, by id and key.</summary>
/// <remarks>Locks: <see cref="Lock"/>, of rank Object, guards the table and every object in it.</remarks>
public sealed class IpcTable<T>
    where T : class, IIpcObject
{
    /// <summary>An id is a sequence number times this, plus an index (IPCMNI).</summary>
    public const int MaxObjects = 32768;
    private const int Create = 0x200;
    private const int Exclusive = 0x400;
    private const int MaxSequence = int.MaxValue / MaxObjects;

    private readonly SortedDictionary<int, T> _byIndex = [];
    private readonly Dictionary<int, T> _byKey = [];
    private readonly int _limit;
    private int _sequence;
    private int _lastIndex = -1;

    /// <summary>A table for at most so many objects.</summary>
    public IpcTable(int limit) => _limit = Math.Min(limit, MaxObjects);

    public RankedLock Lock { get; } = new(LockRank.Object);

    public int Count => _byIndex.Count;

    /// <summary>The highest index in use, which *_INFO calls return; 0 when there is none.</summary>
    public int HighestIndexLocked()
    {
        int highest = 0;
        foreach (int index in _byIndex.Keys)
        {
            highest = index;
        }

        return highest;
    }

    /// <summary>The objects in order of index.</summary>
    public IEnumerable<T> ObjectsLocked() => _byIndex.Values;

    /// <summary>Finds by key as the *get calls do; null when one is to be made.</summary>
    /// <returns>ENOENT, EEXIST, EACCES, ENOSPC.</returns>
    public Errno FindByKeyLocked(Credentials who, int key, int flags, out T? found)
    {
        found = null;
        if (key != 0 && _byKey.TryGetValue(key, out found))
        {
            return (flags & (Create | Exclusive)) == (Create | Exclusive)
                ? Errno.EEXIST
                : found.Permission.Check(who, flags);
        }

        if (key != 0 && (flags & Create) == 0)
        {
            return Errno.ENOENT;
        }

        return Count >= _limit ? Errno.ENOSPC : Errno.Success;
    }

    /// <summary>Gives a new object an id and lists it.</summary>
    public int AddLocked(T added)
    {
        int index = _lastIndex;
        do
        {
            index = (index + 1) % MaxObjects;
        }
        while (_byIndex.ContainsKey(index));

        // A wrapped index means that ids would repeat: count on.
        _sequence = index <= _lastIndex ? (_sequence + 1) % MaxSequence : _sequence;
        _lastIndex = index;
        added.Permission.Id = (_sequence * MaxObjects) + index;
        _byIndex[index] = added;
        if (added.Permission.Key != 0)
        {
            _byKey[added.Permission.Key] = added;
        }

        return added.Permission.Id;
    }

    /// <summary>Finds by id; EINVAL when there is none.</summary>
    public Result<T> FindLocked(int id) =>
        id >= 0 && _byIndex.TryGetValue(id % MaxObjects, out T? found) && found.Permission.Id == id
            ? found
            : Errno.EINVAL;

    /// <summary>Finds by index (SHM_STAT and the like); EINVAL when there is none.</summary>
    public Result<T> FindIndexLocked(int index) =>
        _byIndex.TryGetValue(index & (MaxObjects - 1), out T? found) ? found : Errno.EINVAL;

    /// <summary>The key no longer leads to the object; its id still does.</summary>
    public void ForgetKeyLocked(T removed)
    {
        removed.Permission.IsRemoved = true;
        if (removed.Permission.Key != 0)
        {
            _byKey.Remove(removed.Permission.Key);
            removed.Permission.Key = 0;
        }
    }

    /// <summary>Takes an object out.</summary>
    public void RemoveLocked(T removed)
    {
        ForgetKeyLocked(removed);
        _byIndex.Remove(removed.Permission.Id % MaxObjects);
    }
}
