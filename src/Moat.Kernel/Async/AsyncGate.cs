// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Async;

/// <summary>
/// Keeps an address space from going away while a thread that is none of its tasks works in it.
/// </summary>
/// <remarks>
/// Locks: its own, of rank Object, for the owners. Invariants: nobody enters once it is closed, and closing
/// waits for those inside, who do not block.
/// </remarks>
public sealed class AsyncGate
{
    private const int Closed = 1 << 30;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly HashSet<IAsyncOwner> _owners = [];
    private int _inside;

    /// <summary>Enters; false when the address space is going away.</summary>
    public bool TryEnter()
    {
        if ((Interlocked.Increment(ref _inside) & Closed) == 0)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>True once nobody may enter.</summary>
    public bool IsClosed => (Volatile.Read(ref _inside) & Closed) != 0;

    public void Exit() => Interlocked.Decrement(ref _inside);

    /// <summary>Has work for it that is to be given up when the address space goes away.</summary>
    public void Register(IAsyncOwner owner)
    {
        using (_lock.Enter())
        {
            _owners.Add(owner);
        }
    }

    /// <summary>Has no such work any more.</summary>
    public void Unregister(IAsyncOwner owner)
    {
        using (_lock.Enter())
        {
            _owners.Remove(owner);
        }
    }

    internal void Close(MemoryContext memory)
    {
        Interlocked.Or(ref _inside, Closed);
        IAsyncOwner[] owners;
        using (_lock.Enter())
        {
            owners = [.. _owners];
            _owners.Clear();
        }

        SpinWait spin = default;
        while ((Volatile.Read(ref _inside) & ~Closed) != 0)
        {
            spin.SpinOnce();
        }

        foreach (IAsyncOwner owner in owners)
        {
            owner.GiveUp(memory);
        }
    }
}
