// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>What add_key(2) and keyctl(2) do with one key.</summary>
public static class KeyOperations
{
    private const uint AllRights = 0x3f3f3f3f;
    private const uint Unchanged = uint.MaxValue;

    /// <summary>add_key(2): makes a key, or gives the one of that name another payload.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="type">The name of its kind.</param>
    /// <param name="text">Its description; null for none.</param>
    /// <param name="payload">Its content.</param>
    /// <param name="ringId">The keyring.</param>
    public static Result<int> Add(
        Task task, ReadOnlySpan<byte> type, byte[]? text, ReadOnlySpan<byte> payload, int ringId)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!KeyLookup.FindTargetLocked(task, ringId).TryGet(out KeyHandle ring, out Errno error))
        {
            return error;
        }

        if (!KeyTypes.TryParse(type, out KeyType kind))
        {
            return Errno.ENODEV;
        }

        if (ring.Key.Ring is null)
        {
            return Errno.ENOTDIR;
        }

        error = text is null ? Errno.EINVAL : KeyTypes.CheckPayload(kind, payload.Length);
        if (error != Errno.Success || ring.Key.IsClosed)
        {
            return error != Errno.Success ? error : Errno.EPERM;
        }

        var name = new KeyName(kind, text!);
        if (kind != KeyType.Keyring
            && ring.Key.Ring.Find(in name) is { IsRevoked: false, IsInvalidated: false } there)
        {
            error = new KeyHandle(there, ring.IsPossessed).Check(task.Credentials, KeyRight.Write);
            error = error != Errno.Success ? error : Replace(table, there, payload);
            return error != Errno.Success ? error : there.Serial;
        }

        Credentials who = task.Credentials;
        var how = new KeyCreation { Payload = payload, Space = who.Space.Number };
        if (!table.AddLocked(in name, who.FsUid, who.FsGid, KeyTypes.DefaultRights(kind), in how)
            .TryGet(out Key? key, out error))
        {
            return error;
        }

        KeyTable.HoldLocked(key);
        error = table.LinkLocked(ring.Key, key);
        int serial = key.Serial;
        table.ReleaseLocked(key);
        return error != Errno.Success ? error : serial;
    }

    /// <summary>KEYCTL_UPDATE.</summary>
    public static Errno Update(Task task, int id, ReadOnlySpan<byte> payload)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!KeyLookup.FindLocked(task, id, KeyRight.Write).TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        if (handle.Key.Ring is not null)
        {
            return Errno.EOPNOTSUPP;
        }

        error = KeyTypes.CheckPayload(handle.Key.Type, payload.Length);
        return error != Errno.Success ? error : Replace(table, handle.Key, payload);
    }

    /// <summary>KEYCTL_REVOKE: it answers EKEYREVOKED, and its content is gone.</summary>
    public static Errno Revoke(Task task, int id)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!KeyLookup.FindLocked(task, id, KeyRight.Write).TryGet(out KeyHandle handle, out Errno error)
            && (error != Errno.EACCES
                || !KeyLookup.FindLocked(task, id, KeyRight.SetAttributes).TryGet(out handle, out error)))
        {
            return error;
        }

        Key key = handle.Key;
        key.IsRevoked = true;
        key.ExpiresAt = Math.Min(key.ExpiresAt, KeyTable.Now);
        table.CollectAtLocked(table.CollectionTime(key.ExpiresAt));
        table.ClearLocked(key);
        return Errno.Success;
    }

    /// <summary>KEYCTL_INVALIDATE: it is as if it were not there, and goes soon.</summary>
    public static Errno Invalidate(Task task, int id)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!KeyLookup.FindLocked(task, id, KeyRight.Search).TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        handle.Key.IsInvalidated = true;
        table.CollectAtLocked(0);
        return Errno.Success;
    }

    /// <summary>KEYCTL_CHOWN; ids are the kernel's, -1 leaves one as it is.</summary>
    public static Errno ChangeOwner(Task task, int id, uint uid, uint gid)
    {
        if (uid == Unchanged && gid == Unchanged)
        {
            return Errno.Success;
        }

        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!FindToSet(task, id).TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        Key key = handle.Key;
        Credentials who = task.Credentials;
        bool isOwn = (uid == Unchanged || uid == key.Uid)
            && (gid == Unchanged || gid == key.Gid || who.InGroup(gid));
        if (!isOwn && !who.Has(Capability.SysAdmin))
        {
            return Errno.EACCES;
        }

        if (uid != Unchanged && uid != key.Uid)
        {
            error = table.GiveLocked(key, uid);
            if (error != Errno.Success)
            {
                return error;
            }

            key.Uid = uid;
        }

        key.Gid = gid == Unchanged ? key.Gid : gid;
        return Errno.Success;
    }

    /// <summary>KEYCTL_SETPERM.</summary>
    public static Errno SetRights(Task task, int id, uint rights)
    {
        if ((rights & ~AllRights) != 0)
        {
            return Errno.EINVAL;
        }

        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        if (!FindToSet(task, id).TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        if (handle.Key.Uid != task.Credentials.FsUid && !task.Credentials.Has(Capability.SysAdmin))
        {
            return Errno.EACCES;
        }

        handle.Key.Rights = rights;
        return Errno.Success;
    }

    /// <summary>KEYCTL_SET_TIMEOUT: it expires after so many seconds; 0 for never.</summary>
    public static Errno SetTimeout(Task task, int id, uint seconds)
    {
        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        if (!FindToSet(task, id).TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        SetEnd(table, handle.Key, seconds);
        return Errno.Success;
    }

    /// <summary>KEYCTL_DESCRIBE: kind, owner, group, rights and name, with a NUL at the end.</summary>
    public static Result<byte[]> Describe(Task task, int id)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        if (!KeyLookup.FindLocked(task, id, KeyRight.View, takesNegative: true)
            .TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        Key key = handle.Key;
        byte[] start = Encoding.ASCII.GetBytes(
            $"{KeyTypes.NameOf(key.Type)};{task.ShowUid(key.Uid)};{ShowGroup(task, key)};{key.Rights:x8};");
        return (byte[])[.. start, .. key.Name.Text, 0];
    }

    /// <summary>KEYCTL_GET_SECURITY: there are no labels; only whether one may ask.</summary>
    public static Errno CheckSecurity(Task task, int id)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        return KeyLookup.FindLocked(task, id, KeyRight.View, takesNegative: true)
            .TryGet(out _, out Errno error) ? Errno.Success : error;
    }

    /// <summary>KEYCTL_READ: the payload, or the numbers of what a keyring holds.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="id">The key.</param>
    /// <param name="isWhole">The caller has room for whole numbers.</param>
    public static Result<byte[]> Read(Task task, int id, bool isWhole)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        if (!KeyLookup.FindLocked(task, id, KeyRight.None).TryGet(out KeyHandle handle, out _))
        {
            return Errno.ENOKEY;
        }

        // Whoever possesses a key may read it.
        Key key = handle.Key;
        Errno error = key.Rejection;
        error = error != Errno.Success || handle.IsPossessed
            ? error : handle.Check(task.Credentials, KeyRight.Read);
        error = error == Errno.Success && key.Type == KeyType.Logon ? Errno.EOPNOTSUPP : error;
        error = error != Errno.Success ? error : key.Validate(KeyTable.Now);
        if (error != Errno.Success)
        {
            return error;
        }

        return key.Ring is not { } ring ? key.Payload.AsSpan().ToArray()
            : isWhole ? ring.CopySerials() : Errno.EINVAL;
    }

    /// <summary>The group as a task sees it; keyrings of users have none.</summary>
    public static uint ShowGroup(Caller viewer, Key key) =>
        key.Gid == Key.NoGroup ? Vfs.Namespaces.IdMap.Overflow : viewer.ShowGid(key.Gid);

    internal static void SetEnd(KeyTable table, Key key, uint seconds)
    {
        key.ExpiresAt = seconds == 0 ? Key.Never : KeyTable.Now + seconds;
        table.CollectAtLocked(table.CollectionTime(key.ExpiresAt));
    }

    private static Result<KeyHandle> FindToSet(Task task, int id) =>
        KeyLookup.FindLocked(task, id, KeyRight.SetAttributes, makes: true, takesNegative: true);

    // A negative key becomes a real one; an end is forgotten.
    private static Errno Replace(KeyTable table, Key key, ReadOnlySpan<byte> payload)
    {
        Errno error = table.ResizeLocked(key, key.Name.Text.Length + 1 + payload.Length);
        if (error != Errno.Success)
        {
            return error;
        }

        Array.Clear(key.Payload);
        key.Payload = payload.ToArray();
        key.ExpiresAt = Key.Never;
        key.Rejection = Errno.Success;
        return Errno.Success;
    }
}
