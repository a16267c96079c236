// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Kernel.Futex;

/// <summary>
/// Every futex that someone waits on: one table per sandbox, since shared words cross address spaces.
/// </summary>
/// <remarks>
/// Locks: one per bucket, of rank Futex; two at once in order of their index. Guest memory is never read or
/// written under them (it may need an address space's lock, or a disk): a waiter queues first and looks at
/// its word then.
/// </remarks>
public sealed class FutexTable
{
    /// <summary>FUTEX_BITSET_MATCH_ANY.</summary>
    public const uint AnyBit = uint.MaxValue;
    private const int BucketCount = 256;

    private readonly FutexBucket[] _buckets = new FutexBucket[BucketCount];

    /// <summary>A table nobody waits in.</summary>
    public FutexTable()
    {
        for (int i = 0; i < BucketCount; i++)
        {
            _buckets[i] = new FutexBucket(i);
        }
    }

    /// <summary>
    /// Queues a waiter. The caller then looks at the word, and cancels when it is not what it expects.
    /// </summary>
    public void Add(
        FutexWaiter waiter, in FutexKey key, uint bitset, FutexWaiterKind kind = FutexWaiterKind.Plain)
    {
        waiter.Reset(in key, bitset, kind);
        FutexBucket bucket = BucketOf(in key);
        using (bucket.Lock.Enter())
        {
            bucket.AddLocked(waiter);
        }

        // The word must not be read before the queue entry is visible to wakers.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Takes a waiter back. False when a wake was faster: that wake is then this waiter's.</summary>
    public bool Remove(FutexWaiter waiter)
    {
        while (true)
        {
            FutexBucket? bucket = Volatile.Read(ref waiter.Bucket);
            if (bucket is null)
            {
                waiter.AwaitWaker();
                return false;
            }

            using (bucket.Lock.Enter())
            {
                // A requeue may have moved it meanwhile.
                if (waiter.Bucket == bucket)
                {
                    bucket.RemoveLocked(waiter);
                    return true;
                }
            }
        }
    }

    /// <summary>
    /// Takes back a waiter that should not have queued; a wake that it caught goes on to the next one.
    /// </summary>
    public void Cancel(FutexWaiter waiter)
    {
        if (!Remove(waiter))
        {
            _ = Wake(in waiter.Key, 1, waiter.WokenBy);
        }
    }

    /// <summary>
    /// Wakes up to so many waiters (at least one, as Linux does) whose bitset meets the given one.
    /// </summary>
    /// <returns>How many were woken; EINVAL when it met a waiter for a PI futex.</returns>
    public Result<int> Wake(in FutexKey key, int limit, uint bitset)
    {
        FutexBucket bucket = BucketOf(in key);
        WokenList woken = default;
        bool fits;
        using (bucket.Lock.Enter())
        {
            fits = TakeLocked(bucket, in key, limit, bitset, ref woken);
        }

        woken.WakeAll();
        return fits ? woken.Count : Errno.EINVAL;
    }

    /// <summary>The first waiter of a key, or null; it may leave at any time.</summary>
    internal FutexWaiter? Peek(in FutexKey key)
    {
        FutexBucket bucket = BucketOf(in key);
        using (bucket.Lock.Enter())
        {
            FutexWaiter? waiter = bucket.First;
            while (waiter is not null && !waiter.Key.Equals(key))
            {
                waiter = waiter.Next;
            }

            return waiter;
        }
    }

    /// <summary>Turns a waiter into one of another kind with another key; false when it has left.</summary>
    internal bool Convert(FutexWaiter waiter, in FutexKey to, FutexWaiterKind kind)
    {
        FutexKey from = waiter.Key;
        FutexBucket source = BucketOf(in from);
        FutexBucket target = BucketOf(in to);
        if (source == target)
        {
            using (source.Lock.Enter())
            {
                return ConvertLocked(source, target, waiter, in to, kind);
            }
        }

        bool sourceFirst = source.Index < target.Index;
        using (sourceFirst ? source.Lock.Enter() : target.Lock.Enter())
        using (sourceFirst ? target.Lock.EnterNested() : source.Lock.EnterNested())
        {
            return ConvertLocked(source, target, waiter, in to, kind);
        }
    }

    private static bool ConvertLocked(
        FutexBucket source, FutexBucket target, FutexWaiter waiter, in FutexKey to, FutexWaiterKind kind)
    {
        if (waiter.Bucket != source)
        {
            return false;
        }

        source.UnlinkLocked(waiter);
        waiter.Key = to;
        waiter.Kind = kind;
        target.AddLocked(waiter);
        return true;
    }

    /// <summary>
    /// A mark to hand to <see cref="Requeue"/>: changes when someone queues on the key's bucket.
    /// </summary>
    public uint Mark(in FutexKey key)
    {
        FutexBucket bucket = BucketOf(in key);
        using (bucket.Lock.Enter())
        {
            return bucket.Additions;
        }
    }

    /// <summary>
    /// Wakes up to <paramref name="wakeLimit"/> waiters and moves up to <paramref name="moveLimit"/> others.
    /// </summary>
    /// <param name="from">Whose waiters.</param>
    /// <param name="to">Where to move them.</param>
    /// <param name="wakeLimit">How many to wake; not negative.</param>
    /// <param name="moveLimit">How many to move; not negative.</param>
    /// <param name="mark">When given, nothing is done if someone queued since the mark was taken.</param>
    /// <returns>
    /// How many were woken or moved; -1 when the mark is stale; EINVAL when it met a waiter for a PI futex.
    /// </returns>
    public Result<int> Requeue(in FutexKey from, in FutexKey to, int wakeLimit, int moveLimit, uint? mark)
    {
        FutexBucket source = BucketOf(in from);
        FutexBucket target = BucketOf(in to);
        WokenList woken = default;
        Result<int> done;
        if (source == target)
        {
            using (source.Lock.Enter())
            {
                done = RequeueLocked(source, target, in from, in to, wakeLimit, moveLimit, mark, ref woken);
            }
        }
        else
        {
            bool sourceFirst = source.Index < target.Index;
            using (sourceFirst ? source.Lock.Enter() : target.Lock.Enter())
            using (sourceFirst ? target.Lock.EnterNested() : source.Lock.EnterNested())
            {
                done = RequeueLocked(source, target, in from, in to, wakeLimit, moveLimit, mark, ref woken);
            }
        }

        woken.WakeAll();
        return done;
    }

    private static Result<int> RequeueLocked(
        FutexBucket source, FutexBucket target, in FutexKey from, in FutexKey to, int wakeLimit,
        int moveLimit,
        uint? mark, ref WokenList woken)
    {
        if (mark is uint seen && seen != source.Additions)
        {
            return -1;
        }

        // The last waiter there now: with one key for both, those moved to the end must not be met again.
        int done = 0;
        int moved = 0;
        FutexWaiter? waiter = source.First;
        FutexWaiter? firstMoved = null;
        while (waiter is not null && waiter != firstMoved
            && moved < moveLimit + (long)(wakeLimit - woken.Count))
        {
            FutexWaiter? next = waiter.Next;
            if (waiter.Key.Equals(from))
            {
                if (waiter.Kind != FutexWaiterKind.Plain)
                {
                    return Errno.EINVAL;
                }

                done++;
                if (woken.Count < wakeLimit)
                {
                    woken.TakeLocked(source, waiter, AnyBit);
                }
                else
                {
                    source.UnlinkLocked(waiter);
                    waiter.Key = to;
                    target.AddLocked(waiter);
                    firstMoved ??= waiter;
                    moved++;
                }
            }

            waiter = next;
        }

        return done;
    }

    private static bool TakeLocked(
        FutexBucket bucket, in FutexKey key, int limit, uint bitset, ref WokenList woken)
    {
        FutexWaiter? waiter = bucket.First;
        while (waiter is not null)
        {
            FutexWaiter? next = waiter.Next;
            if (waiter.Key.Equals(key) && waiter.Kind != FutexWaiterKind.Plain)
            {
                return false;
            }

            if ((waiter.Bitset & bitset) != 0 && waiter.Key.Equals(key))
            {
                woken.TakeLocked(bucket, waiter, bitset);
                if (woken.Count >= limit)
                {
                    return true;
                }
            }

            waiter = next;
        }

        return true;
    }

    private FutexBucket BucketOf(in FutexKey key) => _buckets[key.GetHashCode() & (BucketCount - 1)];
}
