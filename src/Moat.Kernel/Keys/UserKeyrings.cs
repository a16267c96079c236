// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Keys;

/// <summary>
/// The two keyrings of each user in each user namespace (user-keyring(7), user-session-keyring(7)).
/// </summary>
/// <remarks>Locks: the table's. Those of namespaces that are no more go when room is needed.</remarks>
internal sealed class UserKeyrings
{
    private const uint Rights = 0x1f3f0000;

    private readonly Dictionary<(uint Space, uint Uid), Entry> _entries = [];

    /// <summary>The user session keyring, if there is one already.</summary>
    internal Key? FindSessionLocked(Credentials who) =>
        _entries.TryGetValue((who.Space.Number, who.Uid), out Entry entry) ? entry.Session : null;

    /// <summary>Both; they are made when first asked for. EDQUOT.</summary>
    internal Result<(Key User, Key Session)> GetLocked(Task task)
    {
        Credentials who = task.Credentials;
        if (_entries.TryGetValue((who.Space.Number, who.Uid), out Entry entry))
        {
            return (entry.User, entry.Session);
        }

        KeyTable table = task.Kernel.Keys;
        if (!Make(table, who, "_uid.").TryGet(out Key? user, out Errno error))
        {
            return error;
        }

        if (!Make(table, who, "_uid_ses.").TryGet(out Key? session, out error))
        {
            table.ReleaseLocked(user);
            return error;
        }

        error = table.LinkLocked(session, user);
        if (error != Errno.Success)
        {
            table.ReleaseLocked(session);
            table.ReleaseLocked(user);
            return error;
        }

        _entries.Add((who.Space.Number, who.Uid), new(new(who.Space), user, session));
        return (user, session);
    }

    private static Result<Key> Make(KeyTable table, Credentials who, string prefix)
    {
        uint shown = who.Space.Uids.FromKernel(who.Uid);
        var name = new KeyName(KeyType.Keyring, Encoding.ASCII.GetBytes($"{prefix}{shown}"));
        var how = new KeyCreation { IsUserRing = true, Space = who.Space.Number };
        return table.AddLocked(in name, who.Uid, Key.NoGroup, Rights, in how)
            .TryGet(out Key? key, out Errno error) ? KeyTable.HoldLocked(key) : error;
    }

    /// <summary>Lets those go whose namespace nobody refers to any more.</summary>
    internal void SweepLocked(KeyTable table)
    {
        var gone = new List<(uint Space, uint Uid)>();
        foreach (((uint Space, uint Uid) who, Entry entry) in _entries)
        {
            if (!entry.Space.TryGetTarget(out _))
            {
                gone.Add(who);
            }
        }

        foreach ((uint Space, uint Uid) who in gone)
        {
            _entries.Remove(who, out Entry entry);
            table.ReleaseLocked(entry.Session);
            table.ReleaseLocked(entry.User);
        }
    }

    private readonly record struct Entry(WeakReference<UserNamespace> Space, Key User, Key Session);
}
