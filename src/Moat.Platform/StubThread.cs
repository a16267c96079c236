// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Processes;
using Moat.Host.Seccomp;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// One host thread of a stub process, driven by one task thread: resume guest code, order host calls.
/// </summary>
/// <remarks>
/// Belongs to the driving task thread but where said otherwise. Invariants: the stub thread waits for a reply
/// whenever the driving thread is outside a wait. It waits either in its signal handler, with a whole frame
/// in
/// the area, or on the fast path, with integer registers only: <see cref="TakeFrame"/> makes the first of the
/// second.
/// </remarks>
public sealed class StubThread : IMemoryOrders, IDisposable
{
    private readonly ThreadArea _area;
    private readonly HandOff _handOff;
    private readonly StubOrders _orders;
    private readonly StubStops _stops;
    private readonly StubFrame _frame;
    private readonly SegmentBases _bases;
    private GuestRegisters _entry;
    private GuestCall _firstCall;
    private ulong _result;
    private int _tid;
    private bool _isFast;
    private bool _isLoaded = true;
    private bool _wasInterrupted;
    private bool _hasSavedFp;
    private bool _loadsFp;

    internal StubThread(StubProcess process, ThreadArea area)
    {
        Process = process;
        _area = area;
        _handOff = new HandOff(area, process.Family.Turns);
        _orders = new StubOrders(area, process.Family.MemoryCalls);
        _stops = new StubStops(area, process);
        _frame = new StubFrame(area);
        _bases = new SegmentBases(area, _orders);
        Window = new CallWindow(area);
    }

    /// <summary>The process it is a thread of.</summary>
    public StubProcess Process { get; }

    /// <summary>The host thread id, once its first call has proved it.</summary>
    public int Tid => Volatile.Read(ref _tid);

    /// <summary>Base of the guest's fs segment.</summary>
    public ulong FsBase
    {
        get
        {
            _ = !_isFast || !_bases.NeedsTrap || TakeFrame();
            return _bases.Fs;
        }
    }

    /// <summary>Base of the guest's gs segment; the stub's own, while the guest has set none, shows as 0.
    /// </summary>
    public ulong GsBase => _bases.Gs;

    /// <summary>
    /// The call site of the present stop if it has trapped often enough to be worth patching; else 0.
    /// </summary>
    public ulong HotSite { get; private set; }

    /// <summary>False while only the call is known, and <see cref="LoadRegisters"/> has more.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>True when the process has ended.</summary>
    internal bool IsDead => _handOff.IsDead;

    internal ThreadArea Area => _area;

    internal CallWindow Window { get; }

    /// <summary>How urgently it runs, and where.</summary>
    public StubUrgency Urgency { get; } = new();

    /// <summary>Sets the fs base with the next resume.</summary>
    public void SetFsBase(ulong value) => _bases.SetFs(value);

    /// <summary>Sets the gs base with the next resume; with one of the guest's own, calls trap
    /// again.</summary>
    public void SetGsBase(ulong value) => _bases.SetGs(value);

    /// <summary>
    /// Runs guest code until it stops. It goes on with the registers; or, if they were not needed since a
    /// call
    /// that came the fast way, as it was but for the call's result.
    /// </summary>
    /// <param name="registers">Then the guest's; not yet after a call that came the fast way.</param>
    /// <param name="call">Then the call, if the stop is one.</param>
    public GuestEvent Resume(ref GuestRegisters registers, ref GuestCall call)
    {
        uint flags = StubLayout.ReplyFast;
        if (_isFast && !_isLoaded)
        {
            _result = call.Result;
        }
        else if (_isFast && registers.DiffersOnlyInResult(in _entry))
        {
            _result = registers.Rax;
        }
        else if (_isFast && _loadsFp && FastFrame.CanHold(in registers))
        {
            _area.Field<FastFrame>(StubLayout.FastRegisters) = new FastFrame(in registers);
            _result = registers.Rax;
            flags = StubLayout.ReplyFast | StubLayout.ReplyLoadFp;
        }
        else
        {
            LoadRegisters(ref registers, in call);
            if (_isFast && !TakeFrame())
            {
                return new GuestEvent(GuestEventKind.Dead);
            }

            if (_wasInterrupted)
            {
                // It came while the frame was taken: nobody will look at it again.
                _wasInterrupted = false;
                return new GuestEvent(GuestEventKind.Interrupt);
            }

            _frame.Write(in registers);
            flags = StubLayout.ReplyResume;
        }

        int orders = 0;
        if (_bases.IsPending)
        {
            flags |= _bases.Put(out orders);
        }

        _hasSavedFp = false;
        _loadsFp = false;
        int copies = Window.Outputs;
        Window.Close();
        _handOff.Reply(flags, orders, copies, _result);
        return WaitForStop(ref registers, ref call);
    }

    /// <summary>The task is about to sleep: the host thread need not spin for the reply.</summary>
    public void TellSleep() => _handOff.TellSleep();

    /// <summary>
    /// Stack pointer and place of a call that came the fast way, as the patched site has it; for the thread
    /// that drives this one.
    /// </summary>
    public (ulong Stack, ulong Instruction) PeekPlace()
    {
        ref FastFrame frame = ref _area.Field<FastFrame>(StubLayout.FastRegisters);
        return (frame.Rsp, frame.Rip);
    }

    /// <summary>Fetches the registers of a call that came the fast way, once.</summary>
    public void LoadRegisters(ref GuestRegisters registers, in GuestCall call)
    {
        if (_isLoaded)
        {
            return;
        }

        _isLoaded = true;
        FastFrame frame = _area.Field<FastFrame>(StubLayout.FastRegisters);
        ulong rip = Process.CallSites?.ReturnOf(frame.Rip) ?? frame.Rip;
        registers = new GuestRegisters
        {
            Rdi = call.A0, Rsi = call.A1, Rdx = call.A2, R10 = call.A3, R8 = call.A4, R9 = call.A5,
            R12 = frame.R12, R13 = frame.R13, R14 = frame.R14, R15 = frame.R15, Rbp = frame.Rbp,
            Rbx = frame.Rbx, Rsp = frame.Rsp, Rip = rip, Eflags = frame.Eflags, Rax = call.Result,
            // As the syscall instruction leaves them.
            Rcx = rip, R11 = frame.Eflags,
        };
        _entry = registers;
    }

    /// <summary>
    /// Takes the thread out of guest code as soon as it gets there. Harmless otherwise; callable by anyone.
    /// </summary>
    public void Interrupt()
    {
        int tid = Tid;
        if (tid != 0 && !IsDead)
        {
            _ = HostProcess.SendToThread(Process.Pid, tid, StubLayout.InterruptSignal);
        }
    }

    /// <summary>
    /// CPU time of the host thread, user and system, in ns; for its driver, while it is stopped. The host
    /// tells only the thread itself, and the guest can reach the place where the answer comes: not to be
    /// trusted beyond its own use.
    /// </summary>
    public long ReadCpuNs()
    {
        const ulong ThreadClock = 3;
        ulong place = _area.GuestAddress + StubLayout.Scratch;
        bool done = ExecuteBatch([new MemoryOrder(SyscallNumber.clock_gettime, ThreadClock, place)]).IsOk;
        Timespec time = _area.Field<Timespec>(StubLayout.Scratch);
        return done && time.IsValid ? time.ToNanoseconds() : 0;
    }

    /// <inheritdoc/>
    public Result<ulong> Execute(ReadOnlySpan<MemoryOrder> orders)
    {
        if (Window.Outputs > 0)
        {
            FlushOutputs();
        }

        // A file mapping takes two places: the call and the close of its descriptor.
        Span<MemoryOrder> batch = stackalloc MemoryOrder[StubLayout.MaxOrders];
        int count = 0;
        foreach (MemoryOrder order in orders)
        {
            if (count + 2 > StubLayout.MaxOrders)
            {
                Result<ulong> part = ExecuteMappings(batch[..count]);
                if (!part.IsOk)
                {
                    return part;
                }

                count = 0;
            }

            if (order.HostFd < 0)
            {
                batch[count++] = order;
                continue;
            }

            if (order.KeptAs != 0)
            {
                batch[count++] = (Process.Kept ??= new KeptFiles()).Complete(in order);
                continue;
            }

            batch[count++] = order with { Arg4 = _area.SlotFd };
            batch[count++] = new MemoryOrder(SyscallNumber.close, _area.SlotFd, 0);
        }

        return ExecuteMappings(batch[..count]);
    }

    private Result<ulong> ExecuteMappings(ReadOnlySpan<MemoryOrder> batch)
    {
        Result<ulong> result = ExecuteBatch(batch);
        if (!result.IsOk)
        {
            // What was to be kept may not have been installed.
            Process.Kept = null;
        }

        return result;
    }

    /// <summary>
    /// The FP and vector state in the present frame, as xsave wrote it; empty when the guest broke the frame.
    /// </summary>
    public Span<byte> FpState()
    {
        if (_isFast && !TakeFrame())
        {
            return default;
        }

        return _frame.Vectors;
    }

    /// <summary>
    /// The same to read only, for a signal frame: without a trap after a call that came the fast way.
    /// </summary>
    public ReadOnlySpan<byte> ReadFpState()
    {
        if (!_isFast)
        {
            return _frame.Vectors;
        }

        if (!_hasSavedFp)
        {
            if (Host.Cpu.SignalFpBytes > StubLayout.LargestFpArea)
            {
                return FpState();
            }

            _handOff.Reply(StubLayout.ReplySaveFp, 0, 0, 0);
            if (!WaitForDone())
            {
                Process.Kill();
                return default;
            }

            _hasSavedFp = true;
            Span<byte> saved = _frame.CompleteSaved();
            return saved.IsEmpty ? FpState() : saved;
        }

        return _frame.SavedVectors;
    }

    /// <summary>
    /// A handler is about to run, whose frame has the present FP state: it starts with a fresh one
    /// (handle_signal in arch/x86/kernel/signal.c).
    /// </summary>
    public void ResetFpState()
    {
        if (_isFast && _hasSavedFp)
        {
            VectorState.Reset(_frame.SavedVectors);
            _loadsFp = true;
        }
        else
        {
            VectorState.Reset(FpState());
        }
    }

    /// <summary>
    /// Waits until a forked process has come up, on the thread that will drive it; false when it died first.
    /// </summary>
    public bool AwaitFork()
    {
        if (!WaitForStart())
        {
            return false;
        }

        _area.CloseFd();
        return ExecuteBatch(
            [new(SyscallNumber.madvise, _area.GuestAddress, StubLayout.AreaSize, StubLayout.DontFork)]).IsOk;
    }

    /// <summary>Waits until a thread that was just created has come up.</summary>
    internal bool WaitForStart() => WaitForDone();

    /// <summary>
    /// Waits for the first trap of a process that was just executed, whose frame guest code will start from.
    /// </summary>
    internal bool WaitForFirstTrap(ref GuestRegisters registers)
    {
        if (WaitForStop(ref registers, ref _firstCall).Kind != GuestEventKind.Syscall)
        {
            return false;
        }

        VectorState.Learn(_frame.Vectors);
        return true;
    }

    /// <summary>Lets the driver of a process that was killed go on; for any thread.</summary>
    internal void OnProcessDeath() => _handOff.OnDeath();

    internal void BindTid(int tid) => Volatile.Write(ref _tid, tid);

    /// <summary>For the supervisor: answers a call if it was ordered; each approval is good for
    /// one.</summary>
    internal bool TryAnswer(int listener, in SeccompNotification call) => _orders.TryAnswer(listener, call);

    /// <summary>
    /// Copies the present frame into a new thread's area, or into the area of a forked process.
    /// </summary>
    internal bool CopyFrameTo(StubThread child)
    {
        if (_isFast && !TakeFrame())
        {
            return false;
        }

        _frame.CopyTo(child._frame, child._area);
        child._isFast = false;
        child._isLoaded = true;
        child._wasInterrupted = false;
        child.SetFsBase(_bases.Fs);
        child.SetGsBase(_bases.Gs);
        child._handOff.ForgetCpu();
        return true;
    }

    /// <summary>Where a new thread's stack pointer may start: below the copied frame.</summary>
    internal ulong StackBelowFrame => (_area.GuestAddress + (ulong)_frame.Context - 1024) & ~63UL;

    /// <summary>Writes the queued outputs by the host's own copying; false when one faulted.</summary>
    internal bool FlushOutputs()
    {
        if (Window.Outputs == 0)
        {
            return true;
        }

        bool done = StubCopies.Write(Process, Window, Window.Outputs);
        Window.ClearOutputs();
        return done;
    }

    internal Result<ulong> ExecuteBatch(ReadOnlySpan<MemoryOrder> orders)
    {
        if (orders.IsEmpty)
        {
            return 0UL;
        }

        _orders.Give(orders);
        _handOff.Reply(0, orders.Length, 0, 0);
        bool done = WaitForDone();
        _orders.Withdraw();
        if (!done)
        {
            Process.Kill();
            return Errno.ESRCH;
        }

        return _orders.Results(orders);
    }

    // An event without signal: orders were carried out, or a new thread is there.
    private bool WaitForDone() =>
        _handOff.Wait() == StubLayout.StateEvent && _area.Field<int>(StubLayout.EventSignal) == 0;

    private GuestEvent WaitForStop(ref GuestRegisters registers, ref GuestCall call)
    {
        HotSite = 0;
        while (true)
        {
            uint state = _handOff.WaitForGuest();
            if (state == StubLayout.StateFast)
            {
                return OnFastCall(ref call);
            }

            if (state != StubLayout.StateEvent || !_stops.TryRead(out StubStop stop))
            {
                Process.Kill();
                return new GuestEvent(GuestEventKind.Dead);
            }

            if (stop.Signal is (int)Abi.Signals.Signal.SIGSEGV or (int)Abi.Signals.Signal.SIGBUS
                && ResumeStubCopy(in stop))
            {
                continue;
            }

            TakeStop(in stop);
            if (_stops.IsLeaving(in stop))
            {
                LoadRegisters(ref registers, in call);
                return new GuestEvent(GuestEventKind.Interrupt);
            }

            _isLoaded = true;
            GuestEvent result = _stops.Interpret(in stop, ref registers, out ulong resumeAt);
            if (resumeAt != 0)
            {
                ResumeInside(stop.Context, resumeAt);
                continue;
            }

            if (result.Kind == GuestEventKind.Syscall)
            {
                call = GuestCall.Of(in registers);
                // Only the trap of a system call has copied inputs.
                bool isTrap = stop.Signal == (int)Abi.Signals.Signal.SIGSYS;
                Window.Open(isTrap ? registers.Rax : StubLayout.OwnTrap);
                HotSite = isTrap ? Process.HotSites.Note(registers.Rip) : 0;
            }

            return result;
        }
    }

    private GuestEvent OnFastCall(ref GuestCall call)
    {
        _isFast = true;
        _isLoaded = false;
        uint number = _area.Field<uint>(StubLayout.CallNumber);
        ref ulong arguments = ref _area.Field<ulong>(StubLayout.CallArguments);
        call.Number = number;
        call.A0 = arguments;
        call.A1 = Unsafe.Add(ref arguments, 1);
        call.A2 = Unsafe.Add(ref arguments, 2);
        call.A3 = Unsafe.Add(ref arguments, 3);
        call.A4 = Unsafe.Add(ref arguments, 4);
        call.A5 = Unsafe.Add(ref arguments, 5);
        call.Result = number;
        Window.Open(number);
        return new GuestEvent(GuestEventKind.Syscall);
    }

    /// <summary>From the fast path into a trap, so that there is a whole frame.</summary>
    private bool TakeFrame()
    {
        _handOff.Reply(StubLayout.ReplyTrap, 0, 0, 0);
        // An interrupt on the way makes just as good a frame.
        if (_handOff.Wait() == StubLayout.StateEvent && _stops.TryRead(out StubStop stop)
            && _stops.IsOwnTrap(in stop))
        {
            ref int pending = ref _area.Field<int>(StubLayout.Pending);
            _wasInterrupted = stop.Signal == StubLayout.InterruptSignal || Volatile.Read(ref pending) != 0;
            pending = 0;
            TakeStop(in stop);
            if (_loadsFp)
            {
                // What was to be loaded on the way out.
                _loadsFp = false;
                _frame.TakeSaved();
            }

            return true;
        }

        Process.Kill();
        return false;
    }

    /// <summary>
    /// The guest thread is over: the host thread waits for another in its handler, where interrupts stay
    /// pending;
    /// false when it cannot be used again.
    /// </summary>
    public bool Rest() => !_isFast || TakeFrame();

    /// <summary>Its driver leaves it, for good or until it is used again.</summary>
    public void Leave() => _handOff.Leave();

    /// <inheritdoc/>
    public void Dispose()
    {
        _handOff.Dispose();
        _area.Dispose();
    }

    private void TakeStop(in StubStop stop)
    {
        _frame.Context = stop.Context;
        _isFast = false;
        _bases.TakeFromTrap();
    }

    // A fault while the stub copied inputs or outputs: it goes on without, and the kernel copies itself.
    private bool ResumeStubCopy(in StubStop stop)
    {
        StubCallSites sites = Process.Family.Sites;
        if (stop.Rip >= sites.InputStart && stop.Rip < sites.InputEnd)
        {
            ResumeInside(stop.Context, sites.InputFailed);
            return true;
        }

        if (stop.Rip < sites.OutputStart || stop.Rip >= sites.OutputEnd)
        {
            return false;
        }

        if (!StubCopies.Write(Process, Window, Window.LastOutputs))
        {
            ulong failed = unchecked((ulong)-(long)Errno.EFAULT);
            if (_isFast)
            {
                _result = failed;
            }
            else
            {
                _area.Field<ulong>(_frame.Context + StubLayout.ContextRax) = failed;
            }
        }

        ResumeInside(stop.Context, sites.OutputEnd);
        return true;
    }

    // Back into stub code or guest code at another address, all else as in the frame.
    private void ResumeInside(int context, ulong rip)
    {
        _area.CheckedField<ulong>(context + StubLayout.ContextRip) = rip;
        _area.Field<ulong>(StubLayout.ReplyContext) = _area.GuestAddress + (ulong)context;
        // The fast path may still have to load the result.
        _handOff.Reply(StubLayout.ReplyResume, 0, 0, _result);
    }
}
