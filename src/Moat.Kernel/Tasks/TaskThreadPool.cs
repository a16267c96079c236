// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Base;
using Moat.Platform;

namespace Moat.Kernel.Tasks;

/// <summary>Task threads: one runs each task; those whose task has ended are kept for the next.</summary>
/// <remarks>Locks: a leaf lock guards the idle list.</remarks>
internal sealed class TaskThreadPool
{
    private const int StackBytes = 256 * 1024;
    private const int MostIdle = 16;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Stack<Worker> _idle = new();

    /// <summary>Starts a task on a thread of its own.</summary>
    internal void Start(Task task)
    {
        Worker? worker;
        using (_lock.Enter())
        {
            _idle.TryPop(out worker);
        }

        if (worker is null)
        {
            worker = new Worker(this) { Next = task };
            new Thread(worker.Run, StackBytes) { IsBackground = true, Name = "moat-task" }.Start();
            return;
        }

        worker.Next = task;
        worker.Parker.Unpark();
    }

    private bool TryPark(Worker worker)
    {
        using (_lock.Enter())
        {
            if (_idle.Count >= MostIdle)
            {
                return false;
            }

            _idle.Push(worker);
            return true;
        }
    }

    private sealed class Worker(TaskThreadPool pool)
    {
        internal Parker Parker { get; } = new();

        internal Task? Next { get; set; }

        internal void Run()
        {
            do
            {
                Task task = Next!;
                Next = null;
                TaskLoop.Run(task);
                if (!pool.TryPark(this))
                {
                    Parker.Dispose();
                    return;
                }

                Parker.Park(long.MaxValue);
            }
            while (true);
        }
    }
}
