// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>Finds the key that a task names by its number or by one of the special ones.</summary>
internal static class KeyLookup
{
    private const int Thread = -1;
    private const int Process = -2;
    internal const int Session = -3;
    private const int User = -4;
    private const int UserSession = -5;
    private const int Authority = -7;
    private const int Requestor = -8;

    /// <summary>Finds a key that may be used and that allows what is needed.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="id">A serial number or KEY_SPEC_*.</param>
    /// <param name="needed">The rights; None asks for none, and for no state either.</param>
    /// <param name="makes">Keyrings of thread, process and session are made when they are not there.</param>
    /// <param name="takesNegative">A negative key will do.</param>
    /// <returns>EINVAL, ENOKEY, EACCES, EKEYREVOKED, EKEYEXPIRED, EDQUOT.</returns>
    internal static Result<KeyHandle> FindLocked(Task task, int id, KeyRight needed, bool makes = false,
        bool takesNegative = false)
    {
        if (!ResolveLocked(task, id, makes).TryGet(out KeyHandle handle, out Errno error))
        {
            return error;
        }

        if (needed == KeyRight.None)
        {
            return handle;
        }

        error = takesNegative ? Errno.Success : handle.Key.Rejection;
        error = error != Errno.Success ? error : handle.Key.Validate(KeyTable.Now);
        error = error != Errno.Success ? error : handle.Check(task.Credentials, needed);
        return error != Errno.Success ? error : handle;
    }

    /// <summary>A keyring that is to change: it must allow writing.</summary>
    internal static Result<KeyHandle> FindTargetLocked(Task task, int id) =>
        FindLocked(task, id, KeyRight.Write, makes: true);

    /// <summary>Finds a key by name in the task's keyrings, as request_key(2) does.</summary>
    /// <returns>EAGAIN when there is none; else why the one that is there cannot be had.</returns>
    internal static Result<KeyHandle> SearchLocked(Task task, in KeyName name, Key? exact = null)
    {
        KeyTable table = task.Kernel.Keys;
        KeyringSet mine = task.Keyrings;
        Key? session = mine.Session ?? table.Registered.FindSessionLocked(task.Credentials);
        System.ReadOnlySpan<Key?> rings = [mine.Thread, mine.Process, session];
        Errno nothing = Errno.Success;
        Errno other = Errno.EAGAIN;
        foreach (Key? ring in rings)
        {
            if (ring is null)
            {
                continue;
            }

            if (table.Walk.SearchLocked(task.Credentials, new(ring, true), in name, exact, exact is null)
                .TryGet(out KeyHandle found, out Errno error))
            {
                return found;
            }

            // That a keyring has nothing of the name weighs more than what is wrong with a key in another.
            if (error == Errno.ENOKEY || (error == Errno.EAGAIN && nothing == Errno.Success))
            {
                nothing = error;
            }
            else if (error != Errno.EAGAIN)
            {
                other = error;
            }
        }

        return nothing != Errno.Success ? nothing : other;
    }

    private static Result<KeyHandle> ResolveLocked(Task task, int id, bool makes)
    {
        KeyTable table = task.Kernel.Keys;
        switch (id)
        {
            case Thread:
                return Own(task.Keyrings.Thread ?? (makes && TaskKeyrings.InstallThreadLocked(task)
                    == Errno.Success ? task.Keyrings.Thread : null), makes);
            case Process:
                return Own(task.Keyrings.Process ?? (makes && TaskKeyrings.InstallProcessLocked(task)
                    == Errno.Success ? task.Keyrings.Process : null), makes);
            case Session:
                return ResolveSessionLocked(task, makes);
            case User or UserSession:
                return !table.Registered.GetLocked(task)
                    .TryGet(out (Key User, Key Session) both, out Errno error)
                    ? error : new KeyHandle(id == User ? both.User : both.Session, true);
            case Authority or Requestor:
                // Nobody is ever asked to make a key: there is no helper program.
                return Errno.ENOKEY;
            case < 1:
                return Errno.EINVAL;
            default:
                if (table.FindLocked(id) is not { } key)
                {
                    return Errno.ENOKEY;
                }

                return new KeyHandle(key, SearchLocked(task, key.Name, key).IsOk);
        }
    }

    private static Result<KeyHandle> Own(Key? ring, bool makes) =>
        ring is not null ? new KeyHandle(ring, true) : makes ? Errno.EDQUOT : Errno.ENOKEY;

    // A task without a session has its user's; when it wants to change it, one of its own.
    private static Result<KeyHandle> ResolveSessionLocked(Task task, bool makes)
    {
        Errno error;
        if (task.Keyrings.Session is null)
        {
            if (!task.Kernel.Keys.Registered.GetLocked(task)
                .TryGet(out (Key User, Key Session) both, out error))
            {
                return error;
            }

            if (!makes)
            {
                TaskKeyrings.SetSessionHeldLocked(task, KeyTable.HoldLocked(both.Session));
            }
        }

        if (makes && (task.Keyrings.Session?.IsUserRing ?? true))
        {
            error = TaskKeyrings.JoinNewSessionLocked(task);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return new KeyHandle(task.Keyrings.Session!, true);
    }
}
