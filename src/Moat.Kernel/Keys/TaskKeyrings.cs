// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>How tasks come by keyrings, hand them on and leave them (keyrings(7)).</summary>
internal static class TaskKeyrings
{
    private const uint OwnRights = 0x3f010000;
    private const uint SessionRights = 0x3f030000;

    /// <summary>
    /// A clone shares the session; only a thread the process's keyring, and each thread has its own.
    /// </summary>
    internal static void Inherit(Task parent, Task child, bool isThread)
    {
        if (ReferenceEquals(parent.Keyrings, KeyringSet.None))
        {
            return;
        }

        KeyTable table = parent.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        KeyringSet theirs = parent.Keyrings;
        var set = theirs with { Thread = null, Process = isThread ? theirs.Process : null };
        Hold(set.Process);
        Hold(set.Session);
        child.Keyrings = set;
        if (isThread && theirs.Thread is not null)
        {
            _ = InstallThreadLocked(child);
        }
    }

    /// <summary>execve: only the session stays.</summary>
    internal static void OnExec(Task task)
    {
        if (task.Keyrings.Thread is not null || task.Keyrings.Process is not null)
        {
            KeyTable table = task.Kernel.Keys;
            using RankedLock.Scope scope = table.Enter();
            KeyringSet before = task.Keyrings;
            task.Keyrings = before with { Thread = null, Process = null };
            table.ReleaseLocked(before.Thread);
            table.ReleaseLocked(before.Process);
        }
    }

    /// <summary>The task ends; it is in no list any more.</summary>
    internal static void Leave(Task task)
    {
        if (ReferenceEquals(task.Keyrings, KeyringSet.None))
        {
            return;
        }

        KeyTable table = task.Kernel.Keys;
        using RankedLock.Scope scope = table.Enter();
        KeyringSet before = task.Keyrings;
        task.Keyrings = KeyringSet.None;
        table.ReleaseLocked(before.Thread);
        table.ReleaseLocked(before.Process);
        table.ReleaseLocked(before.Session);
    }

    /// <summary>The thread's keyring goes along when its file-system ids change.</summary>
    internal static void OnIdentityChange(Task task, Credentials changed)
    {
        if (task.Keyrings.Thread is { } ring)
        {
            using RankedLock.Scope scope = task.Kernel.Keys.Enter();
            ring.Uid = changed.FsUid != task.Credentials.FsUid ? changed.FsUid : ring.Uid;
            ring.Gid = changed.FsGid != task.Credentials.FsGid ? changed.FsGid : ring.Gid;
        }
    }

    /// <summary>Gives it a thread keyring, if it has none.</summary>
    internal static Errno InstallThreadLocked(Task task)
    {
        if (task.Keyrings.Thread is null)
        {
            if (!Make(task, "_tid"u8, OwnRights, true).TryGet(out Key? ring, out Errno error))
            {
                return error;
            }

            task.Keyrings = task.Keyrings with { Thread = ring };
        }

        return Errno.Success;
    }

    /// <summary>Gives it a process keyring, if it has none.</summary>
    internal static Errno InstallProcessLocked(Task task)
    {
        if (task.Keyrings.Process is null)
        {
            if (!Make(task, "_pid"u8, OwnRights, true).TryGet(out Key? ring, out Errno error))
            {
                return error;
            }

            task.Keyrings = task.Keyrings with { Process = ring };
        }

        return Errno.Success;
    }

    /// <summary>A session of its own. The first one may exceed its user's quota.</summary>
    internal static Errno JoinNewSessionLocked(Task task)
    {
        bool isFirst = task.Keyrings.Session is null;
        if (!Make(task, "_ses"u8, SessionRights, isFirst).TryGet(out Key? ring, out Errno error))
        {
            return error;
        }

        SetSessionHeldLocked(task, ring);
        return Errno.Success;
    }

    /// <summary>Another session; the reference to it is taken over.</summary>
    internal static void SetSessionHeldLocked(Task task, Key session)
    {
        Key? before = task.Keyrings.Session;
        task.Keyrings = task.Keyrings with { Session = session };
        task.Kernel.Keys.ReleaseLocked(before);
    }

    /// <summary>A keyring of the task's user, held.</summary>
    internal static Result<Key> Make(
        Task task, System.ReadOnlySpan<byte> text, uint rights, bool exceedsQuota)
    {
        Credentials who = task.Credentials;
        var name = new KeyName(KeyType.Keyring, text.ToArray());
        var how = new KeyCreation { ExceedsQuota = exceedsQuota, Space = who.Space.Number };
        return task.Kernel.Keys.AddLocked(in name, who.Uid, who.Gid, rights, in how)
            .TryGet(out Key? key, out Errno error) ? KeyTable.HoldLocked(key) : error;
    }

    private static void Hold(Key? key)
    {
        if (key is not null)
        {
            KeyTable.HoldLocked(key);
        }
    }
}
