// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Keys;

/// <summary>What /proc shows of keys.</summary>
public static class KeyListing
{
    /// <summary>Calls back for each key that a task may view, in the order of their numbers.</summary>
    public static void VisitViewable(Task viewer, Action<Key> visit)
    {
        KeyTable table = viewer.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        KeyringSet mine = viewer.Keyrings;
        long mark = table.Walk.NewMarkLocked();
        Key? session = mine.Session ?? table.Registered.FindSessionLocked(viewer.Credentials);
        ReadOnlySpan<Key?> rings = [mine.Thread, mine.Process, session];
        foreach (Key? ring in rings)
        {
            if (ring is not null)
            {
                table.Walk.MarkPossessedLocked(viewer.Credentials, ring, mark);
            }
        }

        UserNamespace space = viewer.Credentials.Space;
        var keys = new List<Key>();
        foreach (Key key in table.AllLocked)
        {
            if (new KeyHandle(key, key.PossessedIn == mark).Allows(viewer.Credentials, KeyRight.View)
                && (space.IsInitial || space.Uids.FromKernel(key.User.Uid) != IdMap.Invalid))
            {
                keys.Add(key);
            }
        }

        keys.Sort(static (a, b) => a.Serial.CompareTo(b.Serial));
        foreach (Key key in keys)
        {
            visit(key);
        }
    }

    /// <summary>The users who have keys, in the order of their ids.</summary>
    public static List<KeyUser> Users(KeyTable table)
    {
        using RankedLock.Scope scope = table.Enter();
        var users = new List<KeyUser>();
        foreach (KeyUser user in table.UsersLocked)
        {
            users.Add(new KeyUser(user.Uid) { Keys = user.Keys, Bytes = user.Bytes });
        }

        users.Sort(static (a, b) => a.Uid.CompareTo(b.Uid));
        return users;
    }
}
