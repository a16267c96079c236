// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Kernel.Aio;
using Moat.Kernel.Async;
using Moat.Kernel.Time;
using Moat.Memory;
using Moat.Platform;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Tasks;

/// <summary>
/// What CLONE_VM shares (struct mm_struct): the mappings and the stub process that holds them.
/// </summary>
/// <remarks>Invariants: one user per living task; when the last one leaves, the stub is killed.</remarks>
public sealed class MemoryContext
{
    private int _users = 1;
    private int _processes = 1;
    private StubKillTimer? _killTimer;
    private AioTable? _aio;

    /// <summary>A context with one user.</summary>
    public MemoryContext(AddressSpace space, StubProcess process, TaskTree tree)
    {
        Space = space;
        Process = process;
        Memory = new StubMemory(process.Pid) { Vdso = space.Vdso };
        process.Died = () => TaskExit.StubDied(tree, this);
    }

    public AddressSpace Space { get; }

    public StubProcess Process { get; }

    /// <summary>
    /// The user namespace whose privileges count for looking into it: that of the last execve (mm->user_ns).
    /// </summary>
    public UserNamespace Owner { get; internal set; } = UserNamespace.Initial;

    /// <summary>Reads and writes it from any thread.</summary>
    public StubMemory Memory { get; }

    /// <summary>True for a copy of the parent's, in which no program has been started.</summary>
    internal bool IsForked { get; init; }

    /// <summary>True while more than one task uses it.</summary>
    public bool IsShared => Volatile.Read(ref _users) > 1;

    /// <summary>True when tasks of more than one process use it (vfork, CLONE_VM).</summary>
    internal bool IsSharedBeyond => Volatile.Read(ref _processes) > 1;

    /// <summary>Who works in it beside its tasks.</summary>
    public AsyncGate Gate { get; } = new();

    /// <summary>Its AIO contexts; null when there never were any.</summary>
    public AioTable? Aio => Volatile.Read(ref _aio);

    /// <summary>The table of AIO contexts, made if need be.</summary>
    public AioTable MakeAio() => Aio ?? Interlocked.CompareExchange(ref _aio, new AioTable(), null) ?? _aio;

    internal void AddProcess() => Interlocked.Increment(ref _processes);

    internal void RemoveProcess() => Interlocked.Decrement(ref _processes);

    internal void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>
    /// Its tasks have been told to end: gives them a moment to do so by themselves, since they may have marks
    /// to leave in memory (robust lists), then kills the stub whatever the guest does with its signal mask.
    /// </summary>
    internal void KillSoon(TimerQueue timers)
    {
        var timer = new StubKillTimer(timers, Process);
        if (Interlocked.CompareExchange(ref _killTimer, timer, null) is null)
        {
            timer.Start();
        }
    }

    /// <summary>A task leaves; its host thread is kept for another, or goes with the process.</summary>
    /// <param name="thread">The host thread.</param>
    /// <param name="isEnding">All others leave too: no thread is kept, and none has to answer.</param>
    internal void RemoveUser(StubThread thread, bool isEnding)
    {
        // While this task is a user, the stub and its areas live.
        bool rests = IsShared && !isEnding && thread.Urgency.IsUsual && thread.Rest();
        thread.Leave();
        if (Interlocked.Decrement(ref _users) == 0)
        {
            // Its death is our doing from here on: an exec that has not yet swapped its memory is no victim.
            Process.Died = null;
            Aio?.Clear();
            Gate.Close(this);
            Interlocked.Exchange(ref _killTimer, null)?.Stop();
            Process.Kill();
            Process.Release();
            Space.Release();
        }
        else if (rests)
        {
            Process.Park(thread);
        }
    }
}
