// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;

namespace Moat.Memory;

/// <summary>The mappings of one address space, sorted by address.</summary>
/// <remarks>
/// Locks: guarded by the owning address space's.
/// Invariants: no overlap; neighbours that could be one are one; each member holds a reference on its object.
/// </remarks>
internal sealed class VmaSet
{
    private readonly List<Vma> _list = [];

    private int _version;

    public int Count => _list.Count;

    /// <summary>Goes up with every change; may be read without the lock.</summary>
    public int Version => Volatile.Read(ref _version);

    public ulong TotalBytes { get; private set; }

    public ulong DataBytes { get; private set; }

    public ulong StackBytes { get; private set; }

    public ulong LockedBytes { get; private set; }

    public Vma this[int index] => _list[index];

    /// <summary>The first mapping that ends above an address; <see cref="Count"/> when none does.</summary>
    public int IndexEndingAfter(ulong address)
    {
        int low = 0;
        int high = _list.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_list[middle].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    public Vma? Find(ulong address)
    {
        int index = IndexEndingAfter(address);
        return index < _list.Count && _list[index].Start <= address ? _list[index] : null;
    }

    public bool Intersects(ulong start, ulong end)
    {
        int index = IndexEndingAfter(start);
        return index < _list.Count && _list[index].Start < end;
    }

    /// <summary>How many bytes of the range are mapped, and how many of them count as data.</summary>
    public (ulong Total, ulong Data, ulong Locked) Measure(ulong start, ulong end)
    {
        ulong total = 0;
        ulong data = 0;
        ulong locked = 0;
        for (int i = IndexEndingAfter(start); i < _list.Count && _list[i].Start < end; i++)
        {
            ulong bytes = Math.Min(end, _list[i].End) - Math.Max(start, _list[i].Start);
            total += bytes;
            data += _list[i].IsData ? bytes : 0;
            locked += _list[i].IsLocked ? bytes : 0;
        }

        return (total, data, locked);
    }

    /// <summary>Adds a mapping where nothing is; the reference on its object passes to the set.</summary>
    public void Insert(Vma vma)
    {
        Interlocked.Increment(ref _version);
        int index = IndexEndingAfter(vma.Start);
        _list.Insert(index, vma);
        Account(vma, add: true);
        MergeAround(index, index);
    }

    /// <summary>
    /// Removes what is mapped in a range; references to drop after unlocking go to <paramref
    /// name="released"/>.
    /// </summary>
    public void Remove(ulong start, ulong end, ref List<MemoryObject>? released)
    {
        Interlocked.Increment(ref _version);
        (int first, int last) = Isolate(start, end);
        for (int i = first; i < last; i++)
        {
            Account(_list[i], add: false);
            if (_list[i].Object is { } memory)
            {
                (released ??= []).Add(memory);
            }
        }

        _list.RemoveRange(first, last - first);
    }

    /// <summary>
    /// Replaces each mapping of a range, split at its edges, by what a function makes of it.
    /// </summary>
    public void Update<TState>(ulong start, ulong end, TState state, Func<TState, Vma, Vma> change)
    {
        Interlocked.Increment(ref _version);
        (int first, int last) = Isolate(start, end);
        for (int i = first; i < last; i++)
        {
            Account(_list[i], add: false);
            _list[i] = change(state, _list[i]);
            Account(_list[i], add: true);
        }

        if (last > first)
        {
            MergeAround(first, last - 1);
        }
    }

    /// <summary>Empties the set; references to drop go to the list.</summary>
    public void Clear(ref List<MemoryObject>? released) => Remove(0, ulong.MaxValue, ref released);

    /// <summary>Splits at both edges; the mappings inside the range are then [First, Last).</summary>
    private (int First, int Last) Isolate(ulong start, ulong end)
    {
        SplitAt(start);
        SplitAt(end);
        int first = IndexEndingAfter(start);
        int last = first;
        while (last < _list.Count && _list[last].Start < end)
        {
            last++;
        }

        return (first, last);
    }

    private void SplitAt(ulong address)
    {
        int index = IndexEndingAfter(address);
        if (index == _list.Count || _list[index].Start >= address)
        {
            return;
        }

        Vma whole = _list[index];
        _list[index] = whole.Slice(whole.Start, address);
        _list.Insert(index + 1, whole.Slice(address, whole.End));
        whole.Object?.AddReference();
    }

    private void MergeAround(int first, int last)
    {
        int low = Math.Max(first - 1, 0);
        for (int i = Math.Min(last, _list.Count - 2); i >= low; i--)
        {
            Vma left = _list[i];
            Vma right = _list[i + 1];
            if (left.CanMergeWith(right))
            {
                _list[i] = left with { End = right.End };
                _list.RemoveAt(i + 1);

                // Never the last reference: the merged mapping keeps the left one's.
                right.Object?.Release();
            }
        }
    }

    private void Account(Vma vma, bool add)
    {
        ulong sign = add ? 1UL : ulong.MaxValue;
        unchecked
        {
            TotalBytes += sign * vma.Length;
            DataBytes += vma.IsData ? sign * vma.Length : 0;
            StackBytes += vma.GrowsDown ? sign * vma.Length : 0;
            LockedBytes += vma.IsLocked ? sign * vma.Length : 0;
        }
    }
}
