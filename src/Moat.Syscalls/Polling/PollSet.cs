// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Polling;

/// <summary>The files that a poll or select call watches, kept alive while it runs.</summary>
internal ref struct PollSet
{
    // Scratch only: entries are on wait queues just while their task is inside Wait, on this thread.
    [ThreadStatic]
    private static TaskWaiter?[]? s_waiters;

    private readonly Task _task;
    private readonly PollEntry[] _entries;
    private readonly int _count;

    /// <summary>Room for so many files.</summary>
    internal PollSet(Task task, int count)
    {
        _task = task;
        _count = count;
        _entries = ArrayPool<PollEntry>.Shared.Rent(Math.Max(count, 16));
        Array.Clear(_entries, 0, count);
    }

    /// <summary>The files, by index.</summary>
    internal readonly Span<PollEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Takes the file of a descriptor in; false when there is none.</summary>
    internal readonly bool Add(int index, int fd, PollEvents wanted)
    {
        ref PollEntry entry = ref _entries[index];
        entry.Wanted = wanted;
        entry.File = _task.Files.Borrow(fd).File;
        return entry.File is not null;
    }

    /// <summary>Waits until an entry has something to report.</summary>
    /// <param name="deadline">When to give up; one that has passed only looks.</param>
    /// <param name="wait">False: only look.</param>
    /// <returns>How many entries have events; 0 after the deadline; EINTR.</returns>
    internal readonly Result<int> Wait(Deadline deadline, bool wait)
    {
        int ready = Look();
        if (ready > 0 || !wait)
        {
            return ready;
        }

        TaskWaiter?[] waiters = Register();
        Result<int> result;
        while (true)
        {
            ready = Look();
            if (ready > 0)
            {
                result = ready;
                break;
            }

            BlockResult reason = _task.Block(deadline);
            if (reason != BlockResult.Woken)
            {
                result = reason == BlockResult.TimedOut ? 0 : Errno.EINTR;
                break;
            }
        }

        for (int i = 0; i < _count; i++)
        {
            if (waiters[i] is { } waiter)
            {
                _entries[i].File?.WaitQueue?.Remove(waiter);
            }
        }

        s_waiters = waiters;
        return result;
    }

    /// <summary>Gives the files back.</summary>
    internal readonly void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            _entries[i].File?.Release();
            _entries[i].File = null;
        }

        ArrayPool<PollEntry>.Shared.Return(_entries);
    }

    private readonly int Look()
    {
        int ready = 0;
        foreach (ref PollEntry entry in Entries)
        {
            entry.Found = entry.File is null ? entry.Found : entry.File.Poll(_task) & entry.Wanted;
            ready += entry.Found != 0 ? 1 : 0;
        }

        return ready;
    }

    private readonly TaskWaiter?[] Register()
    {
        TaskWaiter?[] waiters = s_waiters ?? [];
        s_waiters = null;
        if (waiters.Length < _count)
        {
            Array.Resize(ref waiters, Math.Max(_count, 8));
        }

        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].File?.WaitQueue is { } queue)
            {
                TaskWaiter waiter = waiters[i] is { } kept && kept.Task == _task
                    ? kept
                    : new TaskWaiter(_task, PollEvents.All);
                waiter.Interest = _entries[i].Wanted;
                waiters[i] = waiter;
                queue.Add(waiter);
            }
        }

        return waiters;
    }
}
