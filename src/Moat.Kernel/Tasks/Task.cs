// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Abi.Seccomp;
using Moat.Abi.Signals;
using Moat.Kernel.Blocking;
using Moat.Kernel.Futex;
using Moat.Kernel.Ipc;
using Moat.Kernel.Keys;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Seccomp;
using Moat.Kernel.Signals;
using Moat.Kernel.Time;
using Moat.Kernel.Tracing;
using Moat.Kernel.Uts;
using Moat.Memory;
using Moat.Platform;
using Moat.Vfs;
using Moat.Vfs.Locks;
using Moat.Vfs.Notify;

namespace Moat.Kernel.Tasks;

/// <summary>One guest thread: its identity, registers and signal state, run by one task thread.</summary>
/// <remarks>
/// Locks: signal state by the group's signal lock; the rest belongs to the task's own thread.
/// Invariants: <see cref="Block"/> is the one place where a task sleeps.
/// </remarks>
public sealed class Task : Caller
{
    private const int AttentionBit = 1;
    private const int OneHold = 2;

    private readonly Parker _parker;
    private readonly CallMemory _memory = new();
    private GuestRegisters _registers;

    /// <summary><see cref="AttentionBit"/>, and <see cref="OneHold"/> for each hold.</summary>
    private int _interrupted;
    private int _inGuest;
    private int _watched;
    private bool _awaitsFork;
    private NamespaceSet _namespaces;
    private UserMemory _view;
    private (ulong Stack, ulong Instruction) _sleepPlace;

    /// <summary>A task that does not run yet.</summary>
    public Task(int threadId, ThreadGroup group, Parker? parker = null)
    {
        _parker = parker ?? new();
        ThreadId = threadId;
        _view = _memory;
        Group = group;
        FutexWaiter = new TaskFutexWaiter(this);
        CpuClock = new TaskCpuClock(this);
        LinuxKernel kernel = group.Kernel;
        _namespaces = new NamespaceSet(kernel.Uts, kernel.Ipc, kernel.Net, kernel.Pids, kernel.Cgroup,
            kernel.Time, kernel.Time, null);
        Scheduling = new TaskScheduling(group.Kernel.CpuCount);
    }

    /// <summary>The thread id.</summary>
    public int ThreadId { get; internal set; }

    /// <summary>Its numbers in nested PID namespaces; null when it lives in the initial one.</summary>
    public PidNumbers? Numbers { get; internal set; }

    public PidNamespace PidSpace => Group.PidSpace;

    /// <summary>The thread id as its own PID namespace numbers it.</summary>
    public int OwnId => Numbers?.Own ?? ThreadId;

    /// <summary>The process it belongs to.</summary>
    public ThreadGroup Group { get; }

    public LinuxKernel Kernel => Group.Kernel;

    public override UserMemory Memory => _view;

    /// <summary>
    /// True for one that acts for another (<see cref="Async.AsyncActor"/>), or whose first program is being
    /// loaded, on a thread of the sandbox's own.
    /// </summary>
    public bool NeverBlocks { get; internal set; }

    /// <inheritdoc/>
    public override IDeferredCall? Deferred => NeverBlocks ? DeferredCalls.Current : null;

    /// <summary>Who dumps core is to end, and writes the file all the same.</summary>
    public override bool MayWait => !NeverBlocks && Group.Dump is null;

    public override object? Process => Group;

    public override Errno AwaitAnswer(FanotifyInquiry inquiry) => AnswerWait.Run(this, inquiry);

    /// <inheritdoc/>
    public override Errno AwaitLeases(Inode inode, FileLeases leases, bool write, long untilNs)
    {
        if (!NeverBlocks)
        {
            return LeaseWait.Run(this, inode, leases, write);
        }

        Deferred?.Await(leases.WaitQueue, untilNs);
        return Errno.EAGAIN;
    }

    /// <inheritdoc/>
    public override MountNamespace? MountSpace => Namespaces.Mounts;

    public override int ProcessNumber => Group.ProcessId;

    public override int ThreadNumber => ThreadId;

    public override int ShowNumber(int number) => this.ShowProcess(number);

    public override long FileSizeLimit =>
        (long)System.Math.Min(Group.Limits.Soft(Resource.FileSize), long.MaxValue);

    /// <inheritdoc/>
    public override void OnFileSizeExceeded() => SignalSender.SendToTask(this, new SigInfo
    {
        Number = (int)Signal.SIGXFSZ, Code = SigInfo.SI_USER, Pid = Group.ProcessId, Uid = Credentials.Uid,
    });

    /// <summary>Address space and stub process, shared by CLONE_VM (struct mm_struct).</summary>
    public MemoryContext Mm { get; private set; } = null!;

    /// <summary>The mappings, shared by CLONE_VM.</summary>
    public AddressSpace AddressSpace => Mm.Space;

    /// <summary>The host thread that runs this task's guest code.</summary>
    internal StubThread Stub { get; private set; } = null!;

    /// <summary>Gives it memory, and the host thread that runs its guest code.</summary>
    internal void SetMemory(MemoryContext memory, StubThread stub)
    {
        Mm = memory;
        Stub = stub;
        _memory.Attach(stub, memory.Memory, memory.Space);
    }

    internal void ActFor(Task other) =>
        (Mm, _view, _namespaces, NeverBlocks) = (other.Mm, other.Mm.Memory, other.Namespaces, true);

    /// <summary>This task's place in futex queues, used again for every wait.</summary>
    public TaskFutexWaiter FutexWaiter { get; }

    /// <summary>Its places when it waits for several words; null before it first does.</summary>
    internal FutexPlaces? FutexPlaces { get; set; }

    /// <summary>Its namespaces; a clone has its parent's, or new ones.</summary>
    public NamespaceSet Namespaces => Volatile.Read(ref _namespaces);

    public UtsNamespace Uts => Namespaces.Uts;

    public IpcNamespace Ipc => Namespaces.Ipc;

    /// <summary>Replaces the namespaces of a task that has joined its first ones.</summary>
    public void SetNamespaces(NamespaceSet changed)
    {
        NamespaceSet before = Namespaces;
        changed.AddUser();
        Volatile.Write(ref _namespaces, changed);
        before.RemoveUser();
    }

    /// <summary>It lives in these namespaces from now on.</summary>
    internal void JoinNamespaces(NamespaceSet first)
    {
        first.AddUser();
        Volatile.Write(ref _namespaces, first);
    }

    /// <summary>Its keyrings; changed under the lock of keys.</summary>
    public KeyringSet Keyrings { get; internal set; } = KeyringSet.None;

    /// <summary>Policy, priorities, affinity; a clone has <see cref="TaskScheduling.Fork"/> of it.</summary>
    public TaskScheduling Scheduling { get; set; }

    /// <summary>Measures this thread's CPU time.</summary>
    public TaskCpuClock CpuClock { get; }

    /// <summary>personality(2); a clone has its parent's.</summary>
    public uint Personality { get; set; }

    /// <summary>Carries out memory calls in this task's stub.</summary>
    public IMemoryOrders Orders => Stub;

    /// <summary>The registers of the present system call or fault.</summary>
    public ref GuestRegisters Registers
    {
        get
        {
            Stub.LoadRegisters(ref _registers, in Call);
            return ref _registers;
        }
    }

    /// <summary>The present system call.</summary>
    public GuestCall Call;

    /// <summary>What its reads and writes have moved.</summary>
    public IoCounters Io;

    /// <summary>Base of the fs segment: the thread pointer.</summary>
    public ulong FsBase
    {
        get => Stub.FsBase;
        set => Stub.SetFsBase(value);
    }

    public ulong GsBase
    {
        get => Stub.GsBase;
        set => Stub.SetGsBase(value);
    }

    /// <summary>Thread name, at most 15 bytes (PR_SET_NAME).</summary>
    public byte[] Name { get; set; } = [];

    /// <summary>Blocked signals, bit n-1 for signal n.</summary>
    public ulong SignalMask { get; set; }

    /// <summary>
    /// The mask that sigsuspend, ppoll and the like put back when no handler runs; null when none is due.
    /// </summary>
    public ulong? RestoreMask { get; set; }

    /// <summary>Signals sent to this very task.</summary>
    public PendingSignals Pending { get; } = new();

    public SignalStack AlternateStack { get; set; } = new() { Flags = SignalStack.SS_DISABLE };

    /// <summary>set_tid_address(2); 0 for none.</summary>
    public ulong ClearChildTid { get; set; }

    /// <summary>set_robust_list(2); 0 for none.</summary>
    public ulong RobustList { get; set; }

    /// <summary>Whether and how seccomp(2) judges this task's calls.</summary>
    public SeccompMode SeccompMode { get; private set; }

    /// <summary>The newest of its filters; null for none.</summary>
    public SeccompFilter? SeccompFilter { get; private set; }

    /// <summary>
    /// True when more is to be done about a call than to make it: filters, a tracer. The one thing that calls
    /// of other tasks pay for these.
    /// </summary>
    internal bool IsWatched => Volatile.Read(ref _watched) != 0;

    /// <summary>Who traces it; null for nobody. Changed under the tree lock.</summary>
    public TraceLink? Trace { get; private set; }

    /// <summary>The thread id that its execve was called under, until that is reported; 0 for none.</summary>
    internal int ExecutedAs { get; set; }

    /// <summary>PR_SET_PDEATHSIG.</summary>
    public Signal ParentDeathSignal { get; set; }

    /// <summary>What restart_syscall(2) goes on with; null when nothing was interrupted.</summary>
    public IRestart? Restart { get; set; }

    /// <summary>True when a signal, kill or stop wants the task's attention.</summary>
    public bool IsInterrupted => (Volatile.Read(ref _interrupted) & AttentionBit) != 0;

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

        // Others may look at what this call has written so far.
        _ = _memory.Flush();
        if (Stub is { } stub)
        {
            stub.TellSleep();
            _sleepPlace = stub.IsLoaded ? (_registers.Rsp, _registers.Rip) : stub.PeekPlace();
        }

        IsBlocked = true;
        SleepCount++;
        bool unparked = _parker.Park(deadline.MonotonicNs);
        IsBlocked = false;
        Kernel.Load.NoteActivity();
        return IsInterrupted ? BlockResult.Interrupted : unparked ? BlockResult.Woken : BlockResult.TimedOut;
    }

    /// <summary>
    /// Sleeps until <see cref="WakeUp"/> or whatever else wakes it, signals that wait included: for
    /// <see cref="Blocking.KillableWait"/>, which knows what ends it.
    /// </summary>
    internal void BlockKillably()
    {
        _ = _memory.Flush();
        Stub?.TellSleep();
        IsBlocked = true;
        SleepCount++;
        _parker.Park(long.MaxValue);
        IsBlocked = false;
    }

    /// <summary>
    /// Stack and instruction pointer of the call that it slept in last; for others a moment old.
    /// </summary>
    public (ulong Stack, ulong Instruction) GetSleepPlace()
    {
        (ulong stack, ulong instruction) = _sleepPlace;
        if (Mm is { } mm && mm.Gate.TryEnter())
        {
            instruction = mm.Process.ReturnOf(instruction);
            mm.Gate.Exit();
        }

        return (stack, instruction);
    }

    /// <summary>How often it has slept.</summary>
    public long SleepCount { get; private set; }

    /// <summary>True once its sleeps count among those of the past. Guarded by the tree lock.</summary>
    internal bool IsPast { get; set; }

    /// <summary>Ends a <see cref="Block"/>, the present one or the next. Callable from any thread.</summary>
    public void WakeUp() => _parker.Unpark();

    /// <summary>The call being served: rax at its entry, for restarts. -1 outside system calls.</summary>
    public long CurrentCall { get; internal set; } = -1;

    /// <summary>Set by calls that replace all registers (execve): their result does not go to rax.</summary>
    public bool KeepRegisters { get; set; }

    /// <summary>How the call ended if a signal decides what it returns; Success otherwise.</summary>
    internal Abi.Errno PendingRestart { get; set; }

    /// <summary>The exit status once the task has decided to end; null while it lives.</summary>
    internal int? ExitStatus { get; set; }

    /// <summary>True once it is on its way out and lets its memory go.</summary>
    public bool HasLeft { get; internal set; }

    /// <summary>True while it sleeps because its control group is frozen.</summary>
    public bool IsFrozen { get; internal set; }

    /// <summary>True once nothing in guest memory waits for it any more: robust lists, PI futexes.</summary>
    internal bool HasReleasedFutexes { get; set; }

    /// <summary>True until the task's own thread has seen its forked stub come up.</summary>
    internal bool AwaitsFork
    {
        get => Volatile.Read(ref _awaitsFork);
        set => Volatile.Write(ref _awaitsFork, value);
    }

    /// <summary>Where CLONE_CHILD_SETTID wants the thread id; 0 for nowhere.</summary>
    internal ulong SetChildTid { get; set; }

    /// <summary>Woken when a vfork child lets go of the memory it shares; null when nobody waits.</summary>
    internal WaitQueue? VforkDone { get; set; }

    /// <summary>True while the task sleeps in <see cref="Block"/>: state S of /proc/PID/stat.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>True while it sleeps whatever signals come: state D, unless it is stopped.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>True while it runs or wants to: state R.</summary>
    public bool IsRunnable => !IsBlocked && !IsHeldUp && !HasLeft && Group.State == ProcessState.Running
        && Trace is not { IsStopped: true };

    /// <summary>Asks for the task's attention: ends a block and brings it out of guest code.</summary>
    public void Interrupt()
    {
        Interlocked.Or(ref _interrupted, AttentionBit);
        if (Volatile.Read(ref _inGuest) != 0)
        {
            Stub.Interrupt();
        }

        _parker.Unpark();
    }

    /// <summary>Sets mode and filters, whose reference is taken over; that of those before is the caller's.
    /// The group's signal lock is held, or nobody else knows the task.</summary>
    internal void SetSeccomp(SeccompMode mode, SeccompFilter? filter)
    {
        SeccompFilter = filter;
        SeccompMode = mode;
        Interlocked.Or(ref _watched, mode == SeccompMode.Disabled ? 0 : 1);
    }

    internal void SetTrace(TraceLink? link)
    {
        Trace = link;
        if (link is null)
        {
            Interlocked.And(ref _watched, ~2);
        }
        else
        {
            Interlocked.Or(ref _watched, 2);
        }
    }

    /// <summary>Others are about to look at its memory and change it: nothing of it is kept here.</summary>
    internal void SettleMemory() => _memory.Settle();

    /// <summary>Sets what the present system call returns.</summary>
    internal void SetResult(ulong value)
    {
        if (Stub.IsLoaded)
        {
            _registers.Rax = value;
        }
        else
        {
            Call.Result = value;
        }
    }

    internal void ClearInterrupt() => Interlocked.And(ref _interrupted, ~AttentionBit);

    /// <summary>
    /// Keeps the task from running guest code until <see cref="EndHold"/>; brings it out of it, which takes a
    /// moment: see <see cref="IsInGuest"/>. Its calls go on. Holders must be quick and need nothing of it.
    /// </summary>
    internal void BeginHold()
    {
        // Paired with TryResume, as Interrupt is.
        Interlocked.Add(ref _interrupted, OneHold);
        if (IsInGuest)
        {
            Stub.Interrupt();
        }
    }

    internal void EndHold() => Interlocked.Add(ref _interrupted, -OneHold);

    /// <summary>True while it may be running guest code.</summary>
    internal bool IsInGuest => Volatile.Read(ref _inGuest) != 0;

    /// <summary>Runs guest code, unless something wants attention first.</summary>
    internal bool TryResume(out GuestEvent stop)
    {
        // Paired with Interrupt: either it sees that we are in guest code, or we see its request.
        Interlocked.Exchange(ref _inGuest, 1);
        if (Volatile.Read(ref _interrupted) != 0)
        {
            Volatile.Write(ref _inGuest, 0);
            AwaitHolds();
            stop = default;
            return false;
        }

        stop = Stub.Resume(ref _registers, ref Call);
        Volatile.Write(ref _inGuest, 0);
        return true;
    }

    private void AwaitHolds()
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _interrupted) >= OneHold)
        {
            spin.SpinOnce();
        }
    }

    /// <summary>Sleeps until <see cref="WakeUp"/>, whatever signals come: for stops and for vfork.</summary>
    internal void BlockUninterruptibly(long deadlineNs = long.MaxValue)
    {
        Stub?.TellSleep();
        IsHeldUp = true;
        _parker.Park(deadlineNs);
        IsHeldUp = false;
    }

    /// <summary>Sleeps until <see cref="WakeUp"/>, once its guest code is no more.</summary>
    internal void AwaitEnding() => _parker.Park(Deadline.After(100_000_000).MonotonicNs);
    internal void Retire() => _parker.Dispose();
}
