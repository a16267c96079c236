// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Locks;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/locks, some locks at a time.</summary>
internal sealed class LockPages(ProcContext context) : IPages
{
    private readonly LockPass _pass = new(context.FileSystem.Vfs.LockTable);
    private readonly List<ListedLock> _held = [];
    private long _id;

    public bool Next(Caller reader, ContentWriter page)
    {
        while (page.Written.IsEmpty)
        {
            if (_pass.Next(_held, out LockWaiter[] waiters) is not { } inode)
            {
                return false;
            }

            Dictionary<object, List<LockWaiter>>? behind = Sort(waiters);
            foreach (ListedLock held in _held)
            {
                _id++;
                if (LocksText.ShowProcess(context, held) == 0)
                {
                    continue;
                }

                LocksText.Line(context, page, _id, 0, held, inode);
                if (behind is not null && behind.TryGetValue(held.Owner, out List<LockWaiter>? theirs))
                {
                    ShowWaiters(page, held, theirs, inode);
                }
            }
        }

        return true;
    }

    private static Dictionary<object, List<LockWaiter>>? Sort(LockWaiter[] waiters)
    {
        Dictionary<object, List<LockWaiter>>? sorted = null;
        foreach (LockWaiter waiter in waiters)
        {
            if (waiter.BlockedBy is not { } owner)
            {
                continue;
            }

            sorted ??= [];
            if (!sorted.TryGetValue(owner, out List<LockWaiter>? list))
            {
                list = [];
                sorted.Add(owner, list);
            }

            list.Add(waiter);
        }

        return sorted;
    }

    // Each waits behind the first before it that it cannot hold the lock with (__locks_insert_block).
    private void ShowWaiters(ContentWriter page, in ListedLock held, List<LockWaiter> waiters, Inode inode)
    {
        List<LockTreeNode> roots = [];
        for (int i = 0; i < waiters.Count;)
        {
            ListedLock wanted = waiters[i].Wanted;
            bool isLease = wanted.Kind == ListedLockKind.LeaseBreaker;
            bool isSame = isLease || (held.Kind == wanted.Kind
                || (held.Kind != ListedLockKind.Flock && wanted.Kind != ListedLockKind.Flock));
            if (!isSame || (!isLease && !held.ConflictsWith(wanted)))
            {
                i++;
                continue;
            }

            waiters.RemoveAt(i);
            LockTreeNode.Insert(roots, wanted);
        }

        Show(page, roots, inode);
    }

    // Without recursion: a guest decides how deep it is.
    private void Show(ContentWriter page, List<LockTreeNode> roots, Inode inode)
    {
        var left = new Stack<(LockTreeNode Node, int Level)>();
        for (int i = roots.Count - 1; i >= 0; i--)
        {
            left.Push((roots[i], 1));
        }

        while (left.TryPop(out (LockTreeNode Node, int Level) next))
        {
            LocksText.Line(context, page, _id, next.Level, next.Node.Wanted, inode);
            for (int i = next.Node.Behind.Count - 1; i >= 0; i--)
            {
                left.Push((next.Node.Behind[i], next.Level + 1));
            }
        }
    }
}
