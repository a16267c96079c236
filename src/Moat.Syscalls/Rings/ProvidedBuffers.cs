// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Async;

namespace Moat.Syscalls.Rings;

/// <summary>Groups of buffers given by IORING_OP_PROVIDE_BUFFERS.</summary>
/// <remarks>Locks: its own, of rank Object.</remarks>
internal sealed class ProvidedBuffers(RingLimits limits)
{
    private const int Most = 65536;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Dictionary<ushort, LinkedList<ProvidedBuffer>> _groups = [];
    private int _count;
    private bool _isClosed;

    /// <summary>Adds buffers that lie behind each other; ENOMEM for too many.</summary>
    internal Errno Add(ushort group, ulong address, uint length, int count, ushort firstId)
    {
        using (_lock.Enter())
        {
            if (_isClosed || _count + count > Most || !limits.TryAddEntries(count))
            {
                return Errno.ENOMEM;
            }

            if (!_groups.TryGetValue(group, out LinkedList<ProvidedBuffer>? list))
            {
                // A group stays, empty or not, and counts as a buffer does.
                if (!limits.TryAddEntries(1))
                {
                    limits.RemoveEntries(count);
                    return Errno.ENOMEM;
                }

                _groups[group] = list = [];
            }

            for (int i = 0; i < count; i++)
            {
                ulong at = address + ((ulong)i * length);
                list.AddLast(new ProvidedBuffer(at, length, (ushort)(firstId + i)));
            }

            _count += count;
            return Errno.Success;
        }
    }

    /// <summary>Takes the next buffer of a group; false when there is none.</summary>
    internal bool TryTake(ushort group, out ProvidedBuffer buffer)
    {
        using (_lock.Enter())
        {
            if (_groups.TryGetValue(group, out LinkedList<ProvidedBuffer>? list) && list.First is { } first)
            {
                buffer = first.Value;
                list.RemoveFirst();
                _count--;
                limits.RemoveEntries(1);
                return true;
            }
        }

        buffer = default;
        return false;
    }

    /// <summary>A buffer was not needed after all.</summary>
    internal void GiveBack(ushort group, ProvidedBuffer buffer)
    {
        using (_lock.Enter())
        {
            if (!_isClosed && limits.TryAddEntries(1)
                && _groups.TryGetValue(group, out LinkedList<ProvidedBuffer>? list))
            {
                list.AddFirst(buffer);
                _count++;
            }
        }
    }

    /// <summary>The instance is gone.</summary>
    internal void Close()
    {
        using (_lock.Enter())
        {
            _isClosed = true;
            limits.RemoveEntries(_count + _groups.Count);
            _count = 0;
            _groups.Clear();
        }
    }

    /// <summary>Removes up to so many; ENOENT when there is no such group.</summary>
    internal Result<int> Remove(ushort group, int most)
    {
        using (_lock.Enter())
        {
            if (!_groups.TryGetValue(group, out LinkedList<ProvidedBuffer>? list))
            {
                return Errno.ENOENT;
            }

            int removed = 0;
            while (removed < most && list.Count > 0)
            {
                list.RemoveFirst();
                removed++;
            }

            _count -= removed;
            limits.RemoveEntries(removed);
            return removed;
        }
    }
}
