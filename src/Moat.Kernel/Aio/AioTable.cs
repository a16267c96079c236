// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Kernel.Aio;

/// <summary>The AIO contexts of one address space (struct kioctx_table).</summary>
/// <remarks>Locks: its own, of rank Object; a context's is never taken under it.</remarks>
public sealed class AioTable
{
    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly List<AioContext?> _contexts = [];

    /// <summary>io_setup(2): makes a context for so many requests and maps its ring.</summary>
    public Result<AioContext> Create(Task task, uint requests)
    {
        AioLimits limits = task.Kernel.AioLimits;
        Errno error = limits.Take(requests);
        if (error != Errno.Success)
        {
            return error;
        }

        int length = AioContext.RingBytes(requests, task.Kernel.CpuCount);
        if (!RingMemory.Create(length, "/[aio] (deleted)").TryGet(out RingMemory? ring, out error))
        {
            limits.Return(requests);
            return error;
        }

        Result<ulong> mapped = task.AddressSpace.Map(task.Orders, new MapRequest
        {
            Length = (ulong)length, Protection = MemoryProtection.Read | MemoryProtection.Write,
            Flags = MapFlags.Shared, Object = ring,
        });
        if (!mapped.TryGet(out ulong address, out error))
        {
            ring.Release();
            limits.Return(requests);
            return error;
        }

        var context = new AioContext(ring, address, requests, limits);
        using (_lock.Enter())
        {
            int id = _contexts.IndexOf(null);
            if (id < 0)
            {
                id = _contexts.Count;
                _contexts.Add(null);
            }

            _contexts[id] = context;
            context.Initialize((uint)id);
        }

        return context;
    }

    /// <summary>The context of a ring at an address; null when there is none.</summary>
    public AioContext? Find(UserMemory memory, ulong address)
    {
        if (memory.Read(address, out uint id) != Errno.Success)
        {
            return null;
        }

        using (_lock.Enter())
        {
            return id < _contexts.Count && _contexts[(int)id] is { } context && context.Address == address
                ? context : null;
        }
    }

    /// <summary>io_destroy(2): false when another thread was faster.</summary>
    public bool Remove(AioContext context)
    {
        using (_lock.Enter())
        {
            int id = _contexts.IndexOf(context);
            if (id < 0)
            {
                return false;
            }

            _contexts[id] = null;
        }

        context.Kill();
        return true;
    }

    /// <summary>The address space is gone.</summary>
    internal void Clear()
    {
        AioContext?[] all;
        using (_lock.Enter())
        {
            all = [.. _contexts];
            _contexts.Clear();
        }

        foreach (AioContext? context in all)
        {
            context?.Kill();
        }
    }
}
