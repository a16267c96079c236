// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Threading;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>
/// Keeps tasks out of guest code for the few microseconds in which the kernel changes a futex word: guest
/// memory can only be read and written from here, so this is what makes a change atomic.
/// </summary>
/// <remarks>
/// Take it before any lock. A task that does not leave guest code within <see cref="PatienceMs"/> (the guest
/// has forged its signal mask) is not waited for: what it stores then may be lost, in memory that it could
/// spoil anyway.
/// </remarks>
internal readonly ref struct GuestHold
{
    private const int PatienceMs = 20;
    private const int SpinsBeforeYield = 200;

    private readonly Task? _one;
    private readonly Task[] _many;

    private GuestHold(Task? one, Task[] many)
    {
        _one = one;
        _many = many;
    }

    /// <summary>
    /// Of one task: the owner of a PI futex, which alone may change a word that says it is locked.
    /// </summary>
    internal static GuestHold Of(Task owner)
    {
        owner.BeginHold();
        Await(owner, Stopwatch.GetTimestamp());
        return new GuestHold(owner, []);
    }

    /// <summary>Of every task that may see the word: those of the address space, or all.</summary>
    internal static GuestHold OfSharers(Task self, in FutexKey key)
    {
        bool isPrivate = key.Owner == self.AddressSpace;
        if (isPrivate && !self.Mm.IsShared)
        {
            return default;
        }

        Task[] tasks = self.Kernel.Tree.SnapshotTasks(isPrivate ? self.Mm : null, self);
        foreach (Task task in tasks)
        {
            task.BeginHold();
        }

        long begun = Stopwatch.GetTimestamp();
        foreach (Task task in tasks)
        {
            Await(task, begun);
        }

        return new GuestHold(null, tasks);
    }

    /// <summary>Lets them go on.</summary>
    public void Dispose()
    {
        _one?.EndHold();
        foreach (Task task in _many ?? [])
        {
            task.EndHold();
        }
    }

    private static void Await(Task task, long begun)
    {
        for (int spins = 0; task.IsInGuest; spins++)
        {
            if (spins < SpinsBeforeYield)
            {
                Thread.SpinWait(10);
            }
            else if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMilliseconds(PatienceMs))
            {
                return;
            }
            else
            {
                Thread.Yield();
            }
        }
    }
}
