// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi.Signals;
using Moat.Kernel.Futex;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Signals;
using Moat.Kernel.Time;
using Moat.Kernel.Uts;
using Moat.Memory;
using Moat.Platform;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>One guest thread: its identity, registers and signal state, run by one task thread.</summary>
/// <remarks>
/// Locks: signal state by the group's signal lock; the rest belongs to the task's own thread.
/// Invariants: <see cref="Block"/> is the one place where a task sleeps.
/// </remarks>
public sealed class Task : Caller
{
    private readonly Parker _parker = new();
    private int _interrupted;

    /// <summary>A task that does not run yet.</summary>
    public Task(int threadId, ThreadGroup group)
    {
        ThreadId = threadId;
        Group = group;
        FutexWaiter = new TaskFutexWaiter(this);
        Uts = group.Kernel.Uts;
        Scheduling = new TaskScheduling(group.Kernel.CpuCount);
    }

    /// <summary>The thread id.</summary>
    public int ThreadId { get; internal set; }

    /// <summary>The process it belongs to.</summary>
    public ThreadGroup Group { get; }

    public LinuxKernel Kernel => Group.Kernel;

    /// <inheritdoc/>
    public override UserMemory Memory => throw new System.InvalidOperationException();

    /// <summary>The mappings, shared by CLONE_VM.</summary>
    public AddressSpace AddressSpace { get; set; } = null!;

    /// <summary>This task's place in futex queues, used again for every wait.</summary>
    public TaskFutexWaiter FutexWaiter { get; }

    /// <summary>Host name and domain name; a clone has its parent's.</summary>
    public UtsNamespace Uts { get; set; }

    /// <summary>Policy, priorities, affinity; a clone has <see cref="TaskScheduling.Fork"/> of it.</summary>
    public TaskScheduling Scheduling { get; set; }

    /// <summary>Measures this thread's CPU time; null while nothing does.</summary>
    public ITaskCpuClock? CpuClock { get; set; }

    /// <summary>personality(2); a clone has its parent's.</summary>
    public uint Personality { get; set; }

    /// <summary>Carries out memory calls in this task's stub.</summary>
    public IMemoryOrders Orders { get; internal set; } = null!;

    /// <summary>The registers of the present system call or fault.</summary>
    public GuestRegisters Registers;

    /// <summary>Base of the fs segment: the thread pointer.</summary>
    public ulong FsBase { get; set; }

    public ulong GsBase { get; set; }

    /// <summary>Thread name, at most 15 bytes (PR_SET_NAME).</summary>
    public byte[] Name { get; set; } = [];

    /// <summary>Blocked signals, bit n-1 for signal n.</summary>
    public ulong SignalMask { get; set; }

    /// <summary>The mask that sigsuspend, ppoll and the like put back when no handler runs; null when none is due.</summary>
    public ulong? RestoreMask { get; set; }

    /// <summary>Signals sent to this very task.</summary>
    public PendingSignals Pending { get; } = new();

    public SignalStack AlternateStack { get; set; } = new() { Flags = SignalStack.SS_DISABLE };

    /// <summary>set_tid_address(2); 0 for none.</summary>
    public ulong ClearChildTid { get; set; }

    /// <summary>set_robust_list(2); 0 for none.</summary>
    public ulong RobustList { get; set; }

    /// <summary>PR_SET_PDEATHSIG.</summary>
    public Signal ParentDeathSignal { get; set; }

    /// <summary>What restart_syscall(2) goes on with; null when nothing was interrupted.</summary>
    public IRestart? Restart { get; set; }

    /// <summary>True when a signal, kill or stop wants the task's attention.</summary>
    public bool IsInterrupted => Volatile.Read(ref _interrupted) != 0;

    /// <summary>
    /// Sleeps until <see cref="WakeUp"/>, a signal or the deadline. Register on wait queues first, check the
    /// condition, then block; look again after Woken. No lock may be held.
    /// </summary>
    public BlockResult Block(Deadline deadline)
    {
        if (IsInterrupted)
        {
            return BlockResult.Interrupted;
        }

        bool unparked = _parker.Park(deadline.MonotonicNs);
        return IsInterrupted ? BlockResult.Interrupted : unparked ? BlockResult.Woken : BlockResult.TimedOut;
    }

    /// <summary>Ends a <see cref="Block"/>, the present one or the next. Callable from any thread.</summary>
    public void WakeUp() => _parker.Unpark();

    /// <summary>Asks for the task's attention: ends a block and brings it out of guest code.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref _interrupted, 1);
        _parker.Unpark();
    }

    internal void ClearInterrupt() => Volatile.Write(ref _interrupted, 0);
}
