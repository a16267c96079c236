// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Base;

/// <summary>An object with host resources behind it, freed when the last holder lets go.</summary>
/// <remarks>Invariants: born with one reference, its creator's.</remarks>
public abstract class RefCounted
{
    private int _references = 1;

    /// <summary>How many references there are at this moment.</summary>
    protected int ReferenceCount => Volatile.Read(ref _references);

    /// <summary>Takes a reference; only for someone who already holds one.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Takes a reference unless the last one is already gone.</summary>
    public bool TryAddReference()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int now = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (now == seen)
            {
                return true;
            }

            seen = now;
        }

        return false;
    }

    /// <summary>Gives a reference back; the last one destroys the object.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            OnLastReleased();
        }
    }

    /// <summary>Has the object destroyed: at once, unless a subclass knows a better moment.</summary>
    protected virtual void OnLastReleased() => Destroy();

    /// <summary>Frees what the object holds. Called once, without locks held by this class.</summary>
    protected abstract void Destroy();
}
