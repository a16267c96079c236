// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>What keyctl(2) does with keyrings and the links in them; request_key(2).</summary>
public static class KeyringOperations
{
    private const uint NegativeSeconds = 60;

    /// <summary>KEYCTL_CLEAR.</summary>
    public static Errno Clear(Task task, int id)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!KeyLookup.FindTargetLocked(task, id).TryGet(out KeyHandle ring, out Errno error))
        {
            return error;
        }

        if (ring.Key.Ring is null)
        {
            return Errno.ENOTDIR;
        }

        table.ClearLocked(ring.Key);
        return Errno.Success;
    }

    /// <summary>KEYCTL_LINK.</summary>
    public static Errno Link(Task task, int id, int ringId)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        if (!KeyLookup.FindTargetLocked(task, ringId).TryGet(out KeyHandle ring, out Errno error)
            || !FindToLink(task, id).TryGet(out KeyHandle key, out error))
        {
            return error;
        }

        return LinkChecked(task, ring.Key, key.Key);
    }

    /// <summary>KEYCTL_UNLINK: of what has the key's name, as on Linux.</summary>
    public static Errno Unlink(Task task, int id, int ringId)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!KeyLookup.FindLocked(task, ringId, KeyRight.Write).TryGet(out KeyHandle ring, out Errno error)
            || !KeyLookup.FindLocked(task, id, KeyRight.None).TryGet(out KeyHandle key, out error))
        {
            return error;
        }

        if (ring.Key.Ring is null)
        {
            return Errno.ENOTDIR;
        }

        if (ring.Key.Ring.Find(key.Key.Name) is not { } linked)
        {
            return Errno.ENOENT;
        }

        table.UnlinkLocked(ring.Key, linked);
        return Errno.Success;
    }

    /// <summary>KEYCTL_MOVE.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="id">The key.</param>
    /// <param name="fromId">The keyring that it is in.</param>
    /// <param name="toId">The keyring that it goes to.</param>
    /// <param name="displaces">Whether it may take the place of another there.</param>
    public static Errno Move(Task task, int id, int fromId, int toId, bool displaces)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!FindToLink(task, id).TryGet(out KeyHandle key, out Errno error)
            || !KeyLookup.FindLocked(task, fromId, KeyRight.Write).TryGet(out KeyHandle from, out error)
            || !KeyLookup.FindTargetLocked(task, toId).TryGet(out KeyHandle to, out error))
        {
            return error;
        }

        if (from.Key == to.Key)
        {
            return Errno.Success;
        }

        if (from.Key.Ring is null || to.Key.Ring is null)
        {
            return Errno.ENOTDIR;
        }

        if (from.Key.Ring.Find(key.Key.Name) is not { } linked)
        {
            return Errno.ENOENT;
        }

        if (!displaces && to.Key.Ring.Find(key.Key.Name) is not null)
        {
            return Errno.EEXIST;
        }

        error = LinkChecked(task, to.Key, key.Key);
        if (error == Errno.Success)
        {
            table.UnlinkLocked(from.Key, linked);
        }

        return error;
    }

    /// <summary>
    /// KEYCTL_SEARCH: a key in a keyring or below; it is linked into another one, unless that is 0.
    /// </summary>
    public static Result<int> Search(
        Task task, int ringId, ReadOnlySpan<byte> type, byte[] text, int targetId)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        KeyHandle target = default;
        if (!KeyLookup.FindLocked(task, ringId, KeyRight.Search).TryGet(out KeyHandle ring, out Errno error)
            || (targetId != 0 && !KeyLookup.FindTargetLocked(task, targetId).TryGet(out target, out error)))
        {
            return error;
        }

        if (!KeyTypes.TryParse(type, out KeyType kind))
        {
            return Errno.ENOKEY;
        }

        return task.Kernel.Keys.Walk.SearchLocked(task.Credentials, ring, new KeyName(kind, text))
            .TryGet(out KeyHandle found, out error)
            ? LinkFound(task, found, target) : error == Errno.EAGAIN ? Errno.ENOKEY : error;
    }

    /// <summary>
    /// request_key(2): a key in the caller's keyrings. Nobody makes keys on demand here; with information for
    /// whoever would, a negative key stays for a while, as on a Linux without /sbin/request-key.
    /// </summary>
    public static Result<int> Request(
        Task task, ReadOnlySpan<byte> type, byte[] text, bool wouldMake, int targetId)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        KeyHandle target = default;
        if (targetId != 0 && !KeyLookup.FindTargetLocked(task, targetId).TryGet(out target, out Errno error))
        {
            return error;
        }

        if (!KeyTypes.TryParse(type, out KeyType kind))
        {
            return Errno.ENOKEY;
        }

        var name = new KeyName(kind, text);
        if (KeyLookup.SearchLocked(task, in name).TryGet(out KeyHandle found, out error))
        {
            return LinkFound(task, found, target);
        }

        return error != Errno.EAGAIN ? error : wouldMake ? MakeNegative(task, in name, target) : Errno.ENOKEY;
    }

    /// <summary>
    /// KEYCTL_RESTRICT_KEYRING: it takes no more links. No kind of key has rules of its own.
    /// </summary>
    /// <param name="task">The caller.</param>
    /// <param name="id">The keyring.</param>
    /// <param name="type">The kind of key whose rules are wanted; empty for no more keys at all.</param>
    public static Errno Restrict(Task task, int id, ReadOnlySpan<byte> type)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        if (!KeyLookup.FindLocked(task, id, KeyRight.SetAttributes)
            .TryGet(out KeyHandle ring, out Errno error))
        {
            return error;
        }

        if (ring.Key.Ring is null)
        {
            return Errno.ENOTDIR;
        }

        if (type.Length > 0)
        {
            return KeyTypes.TryParse(type, out _) ? Errno.ENOENT : Errno.ENOKEY;
        }

        error = ring.Key.IsClosed ? Errno.EEXIST : Errno.Success;
        ring.Key.IsClosed = true;
        return error;
    }

    private static Result<KeyHandle> FindToLink(Task task, int id) =>
        KeyLookup.FindLocked(task, id, KeyRight.Link, makes: true);

    private static Result<int> LinkFound(Task task, KeyHandle found, KeyHandle target)
    {
        Errno error = Errno.Success;
        if (target.Key is not null)
        {
            error = found.Check(task.Credentials, KeyRight.Link);
            error = error != Errno.Success ? error : LinkChecked(task, target.Key, found.Key);
        }

        return error != Errno.Success ? error : found.Key.Serial;
    }

    private static Errno LinkChecked(Task task, Key ring, Key key)
    {
        KeyTable table = task.Kernel.Keys;
        Errno error = ring.Ring is null ? Errno.ENOTDIR
            : ring.IsClosed ? Errno.EPERM
            : key.Ring is not null ? table.Walk.CheckNestingLocked(key, ring)
            : Errno.Success;
        return error != Errno.Success ? error : table.LinkLocked(ring, key);
    }

    private static Result<int> MakeNegative(Task task, in KeyName name, KeyHandle target)
    {
        if (name.Type == KeyType.Keyring)
        {
            return Errno.EPERM;
        }

        KeyTable table = task.Kernel.Keys;
        if (!DefaultTarget(task, target).TryGet(out Key? ring, out Errno error))
        {
            return error;
        }

        Credentials who = task.Credentials;
        var how = new KeyCreation { Space = who.Space.Number };
        if (!table.AddLocked(in name, who.FsUid, who.FsGid, KeyTypes.DefaultRights(name.Type), in how)
            .TryGet(out Key? key, out error))
        {
            return error;
        }

        KeyTable.HoldLocked(key);
        key.Rejection = Errno.ENOKEY;
        KeyOperations.SetEnd(table, key, NegativeSeconds);
        error = LinkChecked(task, ring, key);
        table.ReleaseLocked(key);
        return error != Errno.Success ? error : Errno.ENOENT;
    }

    // Where keys go that are made for a request without a keyring: the innermost, or KEY_REQKEY_DEFL_*.
    private static Result<Key> DefaultTarget(Task task, KeyHandle target)
    {
        const int ProcessDefault = 2;
        const int SessionDefault = 3;
        const int UserDefault = 4;
        const int UserSessionDefault = 5;
        if (target.Key is not null)
        {
            return target.Key;
        }

        KeyringSet mine = task.Keyrings;
        Key? ring = mine.Default is UserDefault or UserSessionDefault ? null : mine.Session;
        ring = mine.Default is SessionDefault or UserDefault or UserSessionDefault ? ring
            : mine.Default == ProcessDefault ? mine.Process ?? ring : mine.Thread ?? mine.Process ?? ring;
        if (ring is null)
        {
            if (!task.Kernel.Keys.Registered.GetLocked(task)
                .TryGet(out (Key User, Key Session) both, out Errno error))
            {
                return error;
            }

            ring = mine.Default == UserDefault ? both.User : both.Session;
        }

        return new KeyHandle(ring, true).Allows(task.Credentials, KeyRight.Write) ? ring : Errno.EACCES;
    }
}
