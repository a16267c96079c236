// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>What keyctl(2) does about a task's own keyrings.</summary>
public static class SessionOperations
{
    private const uint NamedRights = 0x3f130000;
    private const int NoChange = -1;

    /// <summary>KEYCTL_GET_KEYRING_ID.</summary>
    public static Result<int> GetId(Task task, int id, bool makes)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        return KeyLookup.FindLocked(task, id, KeyRight.Search, makes)
            .TryGet(out KeyHandle handle, out Errno error) ? handle.Key.Serial : error;
    }

    /// <summary>KEYCTL_JOIN_SESSION_KEYRING: a new one, or one by its name.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="name">The name; null for a keyring that nobody else can join.</param>
    public static Result<int> Join(Task task, byte[]? name)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        Errno error;
        if (name is null)
        {
            error = TaskKeyrings.JoinNewSessionLocked(task);
            return error != Errno.Success ? error : task.Keyrings.Session!.Serial;
        }

        if (FindNamed(task, name) is { } found)
        {
            if (found == task.Keyrings.Session)
            {
                return 0;
            }

            KeyTable.HoldLocked(found);
        }
        else if (!TaskKeyrings.Make(task, name, NamedRights, false).TryGet(out found, out error))
        {
            return error;
        }

        TaskKeyrings.SetSessionHeldLocked(task, found);
        return found.Serial;
    }

    /// <summary>KEYCTL_SET_REQKEY_KEYRING; the setting before.</summary>
    public static Result<int> SetDefault(Task task, int setting)
    {
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        int before = task.Keyrings.Default;
        if (setting == NoChange)
        {
            return before;
        }

        Errno error = setting switch
        {
            0 or 3 or 4 or 5 or 7 => Errno.Success,
            1 => TaskKeyrings.InstallThreadLocked(task),
            2 => TaskKeyrings.InstallProcessLocked(task),
            _ => Errno.EINVAL,
        };
        if (error != Errno.Success)
        {
            return error;
        }

        task.Keyrings = task.Keyrings with { Default = setting };
        return before;
    }

    /// <summary>KEYCTL_SESSION_TO_PARENT: the parent process gets the caller's session.</summary>
    public static Errno GiveToParent(Task task)
    {
        using RankedLock.Scope treeScope = task.Kernel.Tree.Lock.Enter();
        using RankedLock.Scope scope = task.Kernel.Keys.Enter();
        if (!KeyLookup.FindLocked(task, KeyLookup.Session, KeyRight.Link)
            .TryGet(out KeyHandle session, out Errno error))
        {
            return error;
        }

        if (task.Group.Parent is not { OwnId: > 1, Tasks.Count: 1 } parent)
        {
            return Errno.EPERM;
        }

        Task receiver = parent.Tasks[0];
        if (receiver.Keyrings.Session == session.Key)
        {
            return Errno.Success;
        }

        Credentials mine = task.Credentials;
        Credentials theirs = receiver.Credentials;
        uint uid = mine.EffectiveUid;
        uint gid = mine.EffectiveGid;
        if (theirs.Uid != uid || theirs.EffectiveUid != uid || theirs.SavedUid != uid
            || theirs.Gid != gid || theirs.EffectiveGid != gid || theirs.SavedGid != gid
            || session.Key.Uid != uid || (receiver.Keyrings.Session is { } old && old.Uid != uid))
        {
            return Errno.EPERM;
        }

        TaskKeyrings.SetSessionHeldLocked(receiver, KeyTable.HoldLocked(session.Key));
        return Errno.Success;
    }

    // Only a keyring that lets the caller search, and of its user namespace.
    private static Key? FindNamed(Task task, byte[] name)
    {
        uint space = task.Credentials.Space.Number;
        foreach (Key key in task.Kernel.Keys.AllLocked)
        {
            if (key.Ring is not null && key.Space == space && !key.IsRevoked && !key.IsInvalidated
                && key.Name.Text.AsSpan().SequenceEqual(name)
                && new KeyHandle(key, false).Allows(task.Credentials, KeyRight.Search))
            {
                return key;
            }
        }

        return null;
    }
}
