// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Kernel.Net;

/// <summary>The AF_UNIX sockets of a network namespace, in the order of their making.</summary>
/// <remarks>Locks: a leaf lock. Sockets leave when they are closed.</remarks>
public sealed class LocalSockets
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly LinkedList<ILocalSocket> _all = new();

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>Adds one; its node is what <see cref="Remove"/> wants.</summary>
    public LinkedListNode<ILocalSocket> Add(ILocalSocket socket)
    {
        var node = new LinkedListNode<ILocalSocket>(socket);
        using (_lock.Enter())
        {
            _all.AddLast(node);
        }

        return node;
    }

    /// <summary>One is closed.</summary>
    public void Remove(LinkedListNode<ILocalSocket> node)
    {
        using (_lock.Enter())
        {
            _all.Remove(node);
        }
    }

    /// <summary>Those that are there now.</summary>
    public ILocalSocket[] Snapshot()
    {
        using (_lock.Enter())
        {
            var copy = new ILocalSocket[_all.Count];
            _all.CopyTo(copy, 0);
            return copy;
        }
    }
}
