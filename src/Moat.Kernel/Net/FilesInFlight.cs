// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Net;

/// <summary>
/// The files that are on their way in messages of local sockets: how many, and whether sockets among them can
/// be reached at all (net/unix/garbage.c).
/// </summary>
/// <remarks>
/// Sockets that are sent over each other in a circle and then closed keep each other: each has as many
/// references as there are messages with it, and all those messages wait in such sockets. Locks: its own,
/// before those of queues. Invariants: a file is counted before it is put into a queue, and until after it
/// has been taken out, so that one that moves counts as held by somebody.
/// </remarks>
public sealed class FilesInFlight : DeferredItem
{
    // All files of all users together.
    private const int Most = 1 << 16;

    private readonly RankedLock _lock = new(LockRank.InFlight);
    private readonly Dictionary<uint, int> _users = [];
    private readonly Dictionary<OpenFile, int> _holders = [];
    private int _total;
    private volatile ThreadGroup? _group;

    protected internal override ThreadGroup Group => _group!;

    /// <summary>Puts files on their way; the references are taken over, also after an error.</summary>
    /// <returns>ETOOMANYREFS when the user has more there than it may open (RLIMIT_NOFILE).</returns>
    public Result<PassedFiles> Send(Task sender, OpenFile[] files)
    {
        uint uid = sender.Credentials.Uid;
        if (TryCount(sender, files, uid))
        {
            return new PassedFiles(files, this, uid);
        }

        foreach (OpenFile file in files)
        {
            file.Release();
        }

        return Errno.ETOOMANYREFS;
    }

    /// <summary>A socket was closed: others may have become unreachable.</summary>
    public void Collect(ThreadGroup group)
    {
        if (_holders.Count > 0)
        {
            _group = group;
            group.Kernel.Deferred.Post(this);
        }
    }

    internal void Remove(OpenFile[] files, uint uid)
    {
        using (_lock.Enter())
        {
            _total -= files.Length;
            Add(_users, uid, -files.Length);
            foreach (OpenFile file in files)
            {
                if (file is IFileHolder)
                {
                    Add(_holders, file, -1);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Run()
    {
        List<IFileHolder> garbage;
        using (_lock.Enter())
        {
            garbage = FindUnreachableLocked();
        }

        foreach (IFileHolder holder in garbage)
        {
            holder.Discard();
        }
    }

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key, int change)
        where TKey : notnull
    {
        int count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }

    private bool TryCount(Task sender, OpenFile[] files, uint uid)
    {
        ulong limit = sender.Group.Limits.Soft(Resource.OpenFiles);
        bool isPrivileged = sender.Credentials.Has(Capability.SysResource)
            || sender.Credentials.Has(Capability.SysAdmin);
        using (_lock.Enter())
        {
            if (_total + files.Length > Most
                || ((ulong)_users.GetValueOrDefault(uid) > limit && !isPrivileged))
            {
                return false;
            }

            _total += files.Length;
            Add(_users, uid, files.Length);
            foreach (OpenFile file in files)
            {
                if (file is IFileHolder)
                {
                    Add(_holders, file, 1);
                }
            }
        }

        return true;
    }

    // Suspects are referred to by messages only. What remains of a suspect's count after those that wait in
    // suspects have been taken off is held by somebody who can be reached, and so is all that waits in it.
    private List<IFileHolder> FindUnreachableLocked()
    {
        var suspects = new Dictionary<OpenFile, int>();
        foreach ((OpenFile file, int count) in _holders)
        {
            if (((IFileHolder)file).References == count)
            {
                suspects[file] = count;
            }
        }

        var held = new List<OpenFile>();
        foreach (OpenFile suspect in suspects.Keys)
        {
            ((IFileHolder)suspect).ListHeld(held);
        }

        foreach (OpenFile file in held)
        {
            if (suspects.TryGetValue(file, out int left))
            {
                suspects[file] = left - 1;
            }
        }

        var reached = new Stack<OpenFile>();
        foreach ((OpenFile file, int left) in suspects)
        {
            if (left > 0)
            {
                reached.Push(file);
            }
        }

        while (reached.TryPop(out OpenFile? file))
        {
            if (suspects.Remove(file))
            {
                held.Clear();
                ((IFileHolder)file).ListHeld(held);
                held.ForEach(reached.Push);
            }
        }

        var garbage = new List<IFileHolder>(suspects.Count);
        foreach (OpenFile file in suspects.Keys)
        {
            garbage.Add((IFileHolder)file);
        }

        return garbage;
    }
}
