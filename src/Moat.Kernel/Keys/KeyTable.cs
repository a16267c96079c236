// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;

namespace Moat.Kernel.Keys;

/// <summary>All keys of a kernel: their numbers, what they count against, and their end.</summary>
/// <remarks>
/// Locks: <see cref="Enter"/> takes the one lock that guards every key; nothing is called under it.
/// Invariants: users' quotas and <see cref="KeyLimits.AllKeys"/> bound what is kept, and with it what one
/// walk through keyrings costs: each visits a keyring once.
/// </remarks>
public sealed class KeyTable
{
    private const int SmallestSerial = 3;
    private const int FewLinks = 4096;
    private const int LinkBytes = 4;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Dictionary<int, Key> _bySerial = [];
    private readonly Dictionary<uint, KeyUser> _users = [];
    private readonly Stack<Key> _unused = [];
    private int _bytes;
    private int _links;
    private long _lastCollection;

    /// <summary>When something has to be cleared away, of <see cref="Now"/>.</summary>
    private long _due = Key.Never;

    /// <summary>The settings.</summary>
    public KeyLimits Limits { get; } = new();

    /// <summary>The keyrings that users have.</summary>
    internal UserKeyrings Registered { get; } = new();

    /// <summary>Walks through keyrings.</summary>
    internal KeyWalk Walk { get; } = new();

    /// <summary>The clock of keys: seconds.</summary>
    public static long Now => Clock.MonotonicNs() / 1_000_000_000;

    internal IEnumerable<Key> AllLocked => _bySerial.Values;

    internal IEnumerable<KeyUser> UsersLocked => _users.Values;

    /// <summary>Takes the lock; clears away what is due.</summary>
    internal RankedLock.Scope Enter()
    {
        RankedLock.Scope scope = _lock.Enter();
        long now = Now;
        if (_due <= now && (_links <= FewLinks || now != _lastCollection))
        {
            CollectLocked(now);
        }

        return scope;
    }

    internal Key? FindLocked(int serial) =>
        _bySerial.TryGetValue(serial, out Key? key) && !key.IsInvalidated ? key : null;

    /// <summary>A new key that nothing refers to yet: <see cref="HoldLocked"/> it.</summary>
    /// <param name="name">Its name; what follows is set by the caller.</param>
    /// <param name="uid">Its owner.</param>
    /// <param name="gid">Its group.</param>
    /// <param name="rights">Its rights.</param>
    /// <param name="how">What else it is.</param>
    /// <returns>EDQUOT, EINVAL.</returns>
    internal Result<Key> AddLocked(in KeyName name, uint uid, uint gid, uint rights, in KeyCreation how)
    {
        Errno error = KeyTypes.CheckName(in name);
        if (error != Errno.Success)
        {
            return error;
        }

        int bytes = name.Text.Length + 1 + how.Payload.Length;
        if (!HasRoomLocked(uid, bytes, how.ExceedsQuota))
        {
            Registered.SweepLocked(this);
            if (!HasRoomLocked(uid, bytes, how.ExceedsQuota))
            {
                return Errno.EDQUOT;
            }
        }

        KeyUser user = _users.GetValueOrDefault(uid) ?? new KeyUser(uid);
        var key = new Key(NewSerialLocked(), in name, user, rights)
        {
            Uid = uid, Gid = gid, Bytes = bytes, IsUserRing = how.IsUserRing, Space = how.Space,
            Payload = how.Payload.ToArray(),
        };
        _users[uid] = user;
        user.Keys++;
        user.Bytes += bytes;
        _bytes += bytes;
        _bySerial.Add(key.Serial, key);
        return key;
    }

    /// <summary>Changes how much of its user's quota a key has. EDQUOT when that is not to be had.</summary>
    internal Errno ResizeLocked(Key key, int bytes)
    {
        int more = bytes - key.Bytes;
        if (more > 0 && ((long)key.User.Bytes + more > Limits.BytesOf(key.User.Uid)
            || _bytes + more > KeyLimits.AllBytes))
        {
            return Errno.EDQUOT;
        }

        key.Bytes = bytes;
        key.User.Bytes += more;
        _bytes += more;
        return Errno.Success;
    }

    /// <summary>Moves a key into another user's quota (KEYCTL_CHOWN).</summary>
    internal Errno GiveLocked(Key key, uint uid)
    {
        KeyUser to = _users.GetValueOrDefault(uid) ?? new KeyUser(uid);
        if (to == key.User)
        {
            return Errno.Success;
        }

        if (to.Keys >= Limits.KeysOf(uid) || (long)to.Bytes + key.Bytes > Limits.BytesOf(uid))
        {
            return Errno.EDQUOT;
        }

        LeaveUser(key);
        _users[uid] = key.User = to;
        to.Keys++;
        to.Bytes += key.Bytes;
        return Errno.Success;
    }

    internal static Key HoldLocked(Key key)
    {
        key.References++;
        return key;
    }

    /// <summary>One reference less. With the last one the key ends, and what only it holds.</summary>
    internal void ReleaseLocked(Key? key)
    {
        if (key is null || --key.References > 0)
        {
            return;
        }

        // Not by recursion: guests make chains as long as they like.
        _unused.Push(key);
        while (_unused.TryPop(out Key? unused))
        {
            if (unused.Ring is { Count: > 0 } ring)
            {
                _links -= ring.Count;
                DropAll(ring.Keys);
                DropAll(ring.Rings);
                ring.Clear();
            }

            _bySerial.Remove(unused.Serial);
            _bytes -= unused.Bytes;
            LeaveUser(unused);
            Array.Clear(unused.Payload);
        }
    }

    /// <summary>Links a key into a keyring, in the place of one of that name. EDQUOT.</summary>
    internal Errno LinkLocked(Key ring, Key key)
    {
        Key? before = ring.Ring!.Find(key.Name);
        if (before is null)
        {
            Errno error = _links >= KeyLimits.AllLinks
                ? Errno.EDQUOT : ResizeLocked(ring, ring.Bytes + LinkBytes);
            if (error != Errno.Success)
            {
                return error;
            }

            _links++;
        }
        else
        {
            // The name kept is that of the key that goes.
            ring.Ring.Remove(before);
        }

        ring.Ring.Put(HoldLocked(key));
        ReleaseLocked(before);
        return Errno.Success;
    }

    internal void UnlinkLocked(Key ring, Key key)
    {
        ring.Ring!.Remove(key);
        _links--;
        _ = ResizeLocked(ring, ring.Bytes - LinkBytes);
        ReleaseLocked(key);
    }

    /// <summary>Empties a keyring, or forgets the payload of another key.</summary>
    internal void ClearLocked(Key key)
    {
        if (key.Ring is { } ring)
        {
            var links = new List<Key>(ring.Count);
            links.AddRange(ring.Keys);
            links.AddRange(ring.Rings);
            _links -= links.Count;
            ring.Clear();
            _ = ResizeLocked(key, key.Name.Text.Length + 1);
            foreach (Key link in links)
            {
                ReleaseLocked(link);
            }
        }
        else
        {
            Array.Clear(key.Payload);
            key.Payload = [];
            _ = ResizeLocked(key, key.Name.Text.Length + 1);
        }
    }

    /// <summary>Links to a key are to be cleared away at that time.</summary>
    internal void CollectAtLocked(long time) => _due = Math.Min(_due, time);

    /// <summary>The time at which links to a key with that end are cleared away.</summary>
    internal long CollectionTime(long end) =>
        end == Key.Never ? end : end + Math.Max(0, Limits.CollectionDelay);

    private bool HasRoomLocked(uint uid, int bytes, bool exceedsQuota)
    {
        KeyUser? user = _users.GetValueOrDefault(uid);
        bool isWithin = exceedsQuota || ((user?.Keys ?? 0) < Limits.KeysOf(uid)
            && (long)(user?.Bytes ?? 0) + bytes <= Limits.BytesOf(uid));
        return isWithin && _bySerial.Count < KeyLimits.AllKeys && _bytes + bytes <= KeyLimits.AllBytes;
    }

    private void CollectLocked(long now)
    {
        (_lastCollection, _due) = (now, Key.Never);
        var dead = new List<(Key Ring, Key Key)>();
        foreach (Key ring in _bySerial.Values)
        {
            if (ring.Ring is { Count: > 0 } links)
            {
                FindDead(ring, links.Keys, now, dead);
                FindDead(ring, links.Rings, now, dead);
            }
        }

        foreach ((Key ring, Key key) in dead)
        {
            // A keyring that went with another has been emptied already.
            if (ring.Ring!.Find(key.Name) == key)
            {
                UnlinkLocked(ring, key);
            }
        }
    }

    private void FindDead(Key ring, Dictionary<KeyName, Key>.ValueCollection links, long now,
        List<(Key Ring, Key Key)> dead)
    {
        foreach (Key key in links)
        {
            long end = key.IsInvalidated ? now : CollectionTime(key.ExpiresAt);
            if (end <= now)
            {
                dead.Add((ring, key));
            }
            else
            {
                _due = Math.Min(_due, end);
            }
        }
    }

    private void DropAll(Dictionary<KeyName, Key>.ValueCollection links)
    {
        foreach (Key key in links)
        {
            if (--key.References == 0)
            {
                _unused.Push(key);
            }
        }
    }

    private void LeaveUser(Key key)
    {
        KeyUser user = key.User;
        user.Keys--;
        user.Bytes -= key.Bytes;
        if (user.Keys == 0)
        {
            _users.Remove(user.Uid);
        }
    }

    private int NewSerialLocked()
    {
        int serial = 0;
        do
        {
            SecureRandom.Fill(MemoryMarshal.AsBytes(new Span<int>(ref serial)));
            serial &= int.MaxValue;
        }
        while (serial < SmallestSerial || _bySerial.ContainsKey(serial));
        return serial;
    }
}
