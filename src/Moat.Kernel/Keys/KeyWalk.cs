// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>Walks through keyrings and those in them: searches, possession, depth.</summary>
/// <remarks>
/// Locks: the table's. A walk goes level by level and visits each keyring once, the first time that it meets
/// it: that is where it is least deep.
/// </remarks>
internal sealed class KeyWalk
{
    /// <summary>How many keyrings deep below the first one is looked (KEYRING_SEARCH_MAX_DEPTH).</summary>
    internal const int MaximumDepth = 6;

    private readonly List<Key> _queue = [];
    private long _visit;

    /// <summary>Finds a key by name in a keyring and those below it.</summary>
    /// <param name="who">Who searches: keyrings and key must let them.</param>
    /// <param name="ring">Where to start.</param>
    /// <param name="name">The name.</param>
    /// <param name="exact">The key that is looked for, in whatever state; null for any of the name.</param>
    /// <param name="skipsExpired">An expired key is as good as none.</param>
    /// <returns>EAGAIN when there is none; ENOTDIR, EACCES, EKEYREVOKED, EKEYEXPIRED, ENOKEY.</returns>
    internal Result<KeyHandle> SearchLocked(
        Credentials who, KeyHandle ring, in KeyName name, Key? exact = null, bool skipsExpired = false)
    {
        if (ring.Key.Ring is null)
        {
            return Errno.ENOTDIR;
        }

        if (!ring.Allows(who, KeyRight.Search))
        {
            return Errno.EACCES;
        }

        var aim = new Aim(who, exact, skipsExpired, KeyTable.Now);
        if (ring.Key.Name.Equals(name))
        {
            Errno error = aim.Judge(ring);
            return error == Errno.Success ? ring : error;
        }

        Errno result = Errno.EAGAIN;
        Begin(ring.Key);
        for (int depth = 0, at = 0; depth <= MaximumDepth && at < _queue.Count; depth++)
        {
            for (int end = _queue.Count; at < end; at++)
            {
                Key current = _queue[at];
                if (current.IsRevoked || current.IsInvalidated)
                {
                    continue;
                }

                if (current.Ring!.Find(in name) is { } found)
                {
                    var handle = new KeyHandle(found, ring.IsPossessed);
                    Errno error = aim.Judge(handle);
                    if (error == Errno.Success)
                    {
                        return handle;
                    }

                    result = error == Errno.EAGAIN ? result : error;
                }

                Descend(who, current, ring.IsPossessed);
            }
        }

        return result;
    }

    /// <summary>Marks what is possessed through a keyring: <see cref="Key.PossessedIn"/>.</summary>
    internal void MarkPossessedLocked(Credentials who, Key ring, long mark)
    {
        if (!new KeyHandle(ring, true).Allows(who, KeyRight.Search))
        {
            return;
        }

        Begin(ring);
        for (int depth = 0, at = 0; depth <= MaximumDepth && at < _queue.Count; depth++)
        {
            for (int end = _queue.Count; at < end; at++)
            {
                Key current = _queue[at];
                foreach (Key key in current.Ring!.Keys)
                {
                    key.PossessedIn = new KeyHandle(key, true).Allows(who, KeyRight.Search)
                        ? mark : key.PossessedIn;
                }

                Descend(who, current, true);
            }
        }

        foreach (Key met in _queue)
        {
            met.PossessedIn = mark;
        }
    }

    /// <summary>A number for <see cref="MarkPossessedLocked"/>.</summary>
    internal long NewMarkLocked() => ++_visit;

    /// <summary>
    /// Whether a keyring may go into another: EDEADLK when the other is within it, ELOOP when keyrings would
    /// nest too deep.
    /// </summary>
    internal Errno CheckNestingLocked(Key inner, Key outer)
    {
        // The longest way down counts: a keyring stands in every level that a way leads to it in, once.
        var level = new List<Key> { inner };
        for (int depth = 0; level.Count > 0; depth++)
        {
            long pass = ++_visit;
            var next = new List<Key>();
            foreach (Key ring in level)
            {
                if (ring == outer)
                {
                    return Errno.EDEADLK;
                }

                foreach (Key below in ring.Ring!.Rings)
                {
                    if (below.Visit != pass)
                    {
                        below.Visit = pass;
                        next.Add(below);
                    }
                }
            }

            if (depth == MaximumDepth && next.Count > 0)
            {
                return Errno.ELOOP;
            }

            level = next;
        }

        return Errno.Success;
    }

    private void Begin(Key first)
    {
        _queue.Clear();
        _queue.Add(first);
        first.Visit = ++_visit;
    }

    private void Descend(Credentials who, Key ring, bool isPossessed)
    {
        foreach (Key below in ring.Ring!.Rings)
        {
            if (below.Visit != _visit && new KeyHandle(below, isPossessed).Allows(who, KeyRight.Search))
            {
                below.Visit = _visit;
                _queue.Add(below);
            }
        }
    }

    /// <summary>What a search is after.</summary>
    private readonly record struct Aim(Credentials Who, Key? Exact, bool SkipsExpired, long Now)
    {
        // Success for the key that is wanted; EAGAIN for one that is as good as none.
        internal Errno Judge(KeyHandle found)
        {
            Key key = found.Key;
            if (Exact is not null)
            {
                return key != Exact ? Errno.EAGAIN : found.Check(Who, KeyRight.Search);
            }

            if (key.IsRevoked || key.IsInvalidated)
            {
                return Errno.EKEYREVOKED;
            }

            if (Now >= key.ExpiresAt)
            {
                return SkipsExpired ? Errno.EAGAIN : Errno.EKEYEXPIRED;
            }

            return found.Allows(Who, KeyRight.Search) ? key.Rejection : Errno.EACCES;
        }
    }
}
