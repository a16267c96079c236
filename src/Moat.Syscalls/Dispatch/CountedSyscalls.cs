// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Dispatch;

/// <summary>
/// Counts calls, their time and what they allocate, around another handler: <c>--stats</c>.
/// </summary>
/// <remarks>
/// Locks: one leaf, for the list of tables. A table is written by its own thread alone and read without a
/// lock: a figure may be one call behind.
/// </remarks>
public sealed class CountedSyscalls(ISyscallHandler inner) : ISyscallHandler
{
    /// <summary>Numbers from here on share the last counter.</summary>
    public const int Numbers = 512;

    // One table for each thread that runs tasks; the list holds it when the thread is gone.
    [ThreadStatic]
    private static CallCounter[]? s_own;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly List<CallCounter[]> _tables = new();

    /// <inheritdoc/>
    public SysResult Invoke(Task task, uint number)
    {
        CallCounter[] table = s_own ?? AddTable();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        SysResult result = inner.Invoke(task, number);
        ref CallCounter counter = ref table[Math.Min(number, Numbers - 1)];
        counter.Ticks += Stopwatch.GetTimestamp() - start;
        counter.Bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        counter.Count++;
        if (result.IsError && result.Error < Errno.ERESTARTSYS)
        {
            counter.Errors++;
            counter.Missing += result.Error == Errno.ENOSYS ? 1 : 0;
        }

        return result;
    }

    /// <summary>The counters of all threads together, by number.</summary>
    public CallCounter[] Sum()
    {
        var sum = new CallCounter[Numbers];
        using (_lock.Enter())
        {
            foreach (CallCounter[] table in _tables)
            {
                for (int i = 0; i < Numbers; i++)
                {
                    sum[i].Add(table[i]);
                }
            }
        }

        return sum;
    }

    private CallCounter[] AddTable()
    {
        var table = new CallCounter[Numbers];
        using (_lock.Enter())
        {
            _tables.Add(table);
        }

        return s_own = table;
    }
}
