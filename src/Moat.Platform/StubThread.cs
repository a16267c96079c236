// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Host;
using Moat.Host.Processes;
using Moat.Host.Seccomp;
using Moat.Host.Shared;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// One host thread of a stub process, driven by one task thread: resume guest code, order host calls.
/// </summary>
/// <remarks>
/// Locks: the order list by <c>_ordersLock</c>; everything else belongs to the driving task thread.
/// Invariants: the stub thread waits for a reply whenever the driving thread is outside <see
/// cref="WaitForEvent"/>.
/// </remarks>
public sealed unsafe class StubThread : IMemoryOrders
{
    private const uint ArchitectureX64 = 0xc000003e;
    private readonly RankedLock _ordersLock = new(LockRank.StubOrders);
    private readonly ApprovedCall[] _approved = new ApprovedCall[StubLayout.MaxOrders];
    private readonly ThreadArea _area;
    private int _approvedCount;
    private int _approvedNext;
    private volatile bool _dead;
    private int _tid;
    private int _context;
    private uint _stubCpu;
    private bool _setFs;
    private bool _setGs;

    internal StubThread(StubProcess process, ThreadArea area)
    {
        Process = process;
        _area = area;
    }

    /// <summary>The process it is a thread of.</summary>
    public StubProcess Process { get; }

    /// <summary>The host thread id, once its first call has proved it.</summary>
    public int Tid => Volatile.Read(ref _tid);

    /// <summary>Base of the guest's fs segment, as of the last stop.</summary>
    public ulong FsBase { get; private set; }

    public ulong GsBase { get; private set; }

    internal ThreadArea Area => _area;

    /// <summary>Sets the fs base with the next resume.</summary>
    public void SetFsBase(ulong value)
    {
        FsBase = value;
        _setFs = true;
    }

    public void SetGsBase(ulong value)
    {
        GsBase = value;
        _setGs = true;
    }

    /// <summary>Runs guest code with these registers until it stops; they then hold its registers.</summary>
    public GuestEvent Resume(ref GuestRegisters registers)
    {
        // SAFETY: _context was checked to leave room for a whole ucontext in the area.
        ref byte frame = ref _area.Field<byte>(_context + StubLayout.ContextRegisters);
        Unsafe.CopyBlockUnaligned(
            ref frame, ref Unsafe.As<GuestRegisters, byte>(ref registers), 18 * sizeof(ulong));
        uint flags = StubLayout.ReplyResume;
        if (_setFs)
        {
            _area.Field<ulong>(StubLayout.ReplyFsBase) = FsBase;
            flags |= StubLayout.ReplySetFs;
            _setFs = false;
        }

        if (_setGs)
        {
            _area.Field<ulong>(StubLayout.ReplyGsBase) = GsBase;
            flags |= StubLayout.ReplySetGs;
            _setGs = false;
        }

        _area.Field<ulong>(StubLayout.ReplyContext) = _area.GuestAddress + (ulong)_context;
        Reply(flags, 0);
        return ReadEvent(ref registers);
    }

    /// <summary>Waits until a thread that was just created has come up.</summary>
    internal bool WaitForStart() => WaitForEvent() && _area.Field<int>(StubLayout.EventSignal) == 0;

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

    /// <summary>
    /// Waits for the first trap of a process that was just executed, whose frame guest code will start from.
    /// </summary>
    internal bool WaitForFirstTrap(ref GuestRegisters registers) =>
        ReadEvent(ref registers).Kind == GuestEventKind.Syscall;

    /// <summary>
    /// Takes the thread out of guest code as soon as it gets there. Harmless otherwise; callable by anyone.
    /// </summary>
    public void Interrupt()
    {
        int tid = Tid;
        if (tid != 0 && !_dead)
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
        ulong last = 0;
        // A file mapping takes two places: the call and the close of its descriptor.
        Span<MemoryOrder> batch = stackalloc MemoryOrder[StubLayout.MaxOrders];
        int count = 0;
        foreach (MemoryOrder order in orders)
        {
            if (count + 2 > StubLayout.MaxOrders)
            {
                Result<ulong> part = ExecuteBatch(batch[..count]);
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

            batch[count++] = order with { Arg4 = (ulong)_area.Slot };
            batch[count++] = new MemoryOrder(SyscallNumber.close, (ulong)_area.Slot, 0);
        }

        Result<ulong> result = ExecuteBatch(batch[..count]);
        return result.TryGet(out last, out Errno error) ? last : error;
    }

    /// <summary>
    /// The FP and vector state in the present frame, as xsave wrote it; empty when the guest broke the frame.
    /// </summary>
    public Span<byte> FpState()
    {
        ulong address = _area.Field<ulong>(_context + StubLayout.ContextFpState);
        ulong offset = address - _area.GuestAddress;
        if (offset < StubLayout.Stack || offset > StubLayout.AreaSize - 512 || (offset & 63) != 0)
        {
            return default;
        }

        Span<byte> all = _area.Bytes[(int)offset..];
        const uint Magic = 0x46505853;
        uint magic = MemoryMarshal.Read<uint>(all[464..]);
        uint size = MemoryMarshal.Read<uint>(all[468..]);
        return magic == Magic && size >= 512 && size <= (uint)all.Length ? all[..(int)size] : all[..512];
    }

    /// <summary>True when the process has ended.</summary>
    internal bool IsDead => _dead;

    /// <summary>Lets the driver of a process that was killed go on.</summary>
    internal void OnProcessDeath()
    {
        _dead = true;
        _area.PublishDeath();
    }

    internal void BindTid(int tid) => Volatile.Write(ref _tid, tid);

    /// <summary>
    /// The supervisor asks: may this thread make this call now? Each approval is good for one call.
    /// </summary>
    internal bool TryApprove(in SeccompNotification call, out int hostFd)
    {
        using (_ordersLock.Enter())
        {
            if (_approvedNext < _approvedCount && _approved[_approvedNext].Matches(call))
            {
                hostFd = _approved[_approvedNext++].Order.HostFd;
                return true;
            }
        }

        hostFd = -1;
        return false;
    }

    /// <summary>
    /// Copies the present frame into a new thread's area, or into the area of a forked process.
    /// </summary>
    internal void CopyFrameTo(StubThread child)
    {
        _area.Bytes[_context..].CopyTo(child._area.Bytes[_context..]);
        child._context = _context;
        child.FsBase = FsBase;
        child.GsBase = GsBase;
        child._setFs = true;
        child._setGs = true;
        child._stubCpu = uint.MaxValue;
        ulong delta = child._area.GuestAddress - _area.GuestAddress;
        child._area.Field<ulong>(_context + StubLayout.ContextFpState) += delta;
        child._area.Field<ulong>(_context + StubLayout.ContextStackPointer) += delta;
    }

    /// <summary>Where a new thread's stack pointer may start: below the copied frame.</summary>
    internal ulong StackBelowFrame => (_area.GuestAddress + (ulong)_context - 1024) & ~63UL;

    internal Result<ulong> ExecuteBatch(ReadOnlySpan<MemoryOrder> orders)
    {
        if (orders.IsEmpty)
        {
            return 0UL;
        }

        using (_ordersLock.Enter())
        {
            _approvedNext = 0;
            _approvedCount = 0;
            for (int i = 0; i < orders.Length; i++)
            {
                WriteOrder(i, orders[i]);
                if (orders[i].Number != SyscallNumber.close)
                {
                    _approved[_approvedCount++] = new ApprovedCall(orders[i]);
                }
            }
        }

        Reply(0, orders.Length);
        bool done = WaitForEvent();
        using (_ordersLock.Enter())
        {
            _approvedCount = 0;
        }

        if (!done || _area.Field<int>(StubLayout.EventSignal) != 0)
        {
            Process.Kill();
            return Errno.ESRCH;
        }

        return ReadResults(orders);
    }

    private Result<ulong> ReadResults(ReadOnlySpan<MemoryOrder> orders)
    {
        ulong last = 0;
        for (int i = 0; i < orders.Length; i++)
        {
            ulong raw = _area.Field<ulong>(
                StubLayout.Orders + (i * StubLayout.OrderSize) + StubLayout.OrderResult);
            if (orders[i].Number == SyscallNumber.close)
            {
                continue;
            }

            var result = new SysResult((long)raw);
            if (result.IsError)
            {
                return result.Error;
            }

            last = raw;
        }

        return last;
    }

    private void WriteOrder(int index, in MemoryOrder order)
    {
        ref ulong at = ref _area.Field<ulong>(StubLayout.Orders + (index * StubLayout.OrderSize));
        at = (ulong)order.Number;
        Unsafe.Add(ref at, 1) = order.Arg0;
        Unsafe.Add(ref at, 2) = order.Arg1;
        Unsafe.Add(ref at, 3) = order.Arg2;
        Unsafe.Add(ref at, 4) = order.Arg3;
        Unsafe.Add(ref at, 5) = order.Arg4;
        Unsafe.Add(ref at, 6) = order.Arg5;
        Unsafe.Add(ref at, 7) = 0;
    }

    private void Reply(uint flags, int orders)
    {
        _area.Field<int>(StubLayout.ReplyOrders) = orders;
        _area.Field<uint>(StubLayout.ReplyFlags) = flags;
        _area.Field<uint>(StubLayout.KernelCpu) = HostCall.CurrentCpu();
        if (!_dead)
        {
            _area.PublishReply();
        }
    }

    // Spins only while the stub runs on another CPU, and not for long: platform.md, "Hand-off".
    private bool WaitForEvent()
    {
        uint* state = _area.StateWord;
        if (_stubCpu != HostCall.CurrentCpu())
        {
            for (int i = SpinBudget.Iterations; i > 0; i--)
            {
                if (Volatile.Read(ref *state) == StubLayout.StateEvent)
                {
                    return AfterEvent();
                }

                X86Base.Pause();
            }
        }

        Interlocked.Exchange(ref _area.Field<uint>(StubLayout.KernelSleeps), 1);
        uint seen;
        while ((seen = Volatile.Read(ref *state)) != StubLayout.StateEvent && !_dead)
        {
            if (seen != StubLayout.StateReply)
            {
                // Only a guest that scribbles over its area writes anything else: it would keep us from
                // sleeping.
                Process.Kill();
                return false;
            }

            _ = HostFutex.Wait(state, StubLayout.StateReply);
            Interlocked.Exchange(ref _area.Field<uint>(StubLayout.KernelSleeps), 1);
        }

        _area.Field<uint>(StubLayout.KernelSleeps) = 0;
        return AfterEvent();
    }

    private bool AfterEvent()
    {
        _stubCpu = _area.Field<uint>(StubLayout.StubCpu);
        _area.Field<uint>(StubLayout.KernelCpu) = HostCall.CurrentCpu();
        return !_dead;
    }

    private GuestEvent ReadEvent(ref GuestRegisters registers)
    {
        if (!WaitForEvent())
        {
            return new GuestEvent(GuestEventKind.Dead);
        }

        int signal = _area.Field<int>(StubLayout.EventSignal);
        ulong context = _area.Field<ulong>(StubLayout.EventContext) - _area.GuestAddress;
        ulong info = _area.Field<ulong>(StubLayout.EventInfo) - _area.GuestAddress;
        const ulong Last = StubLayout.AreaSize - StubLayout.ContextSize - 128;
        if (context < StubLayout.Stack || context > Last || info < StubLayout.Stack || info > Last
            || ((context | info) & 7) != 0)
        {
            Process.Kill();
            return new GuestEvent(GuestEventKind.Dead);
        }

        _context = (int)context;
        FsBase = _area.Field<ulong>(StubLayout.EventFsBase);
        GsBase = _area.Field<ulong>(StubLayout.EventGsBase);
        Unsafe.CopyBlockUnaligned(
            ref Unsafe.As<GuestRegisters, byte>(ref registers),
            ref _area.Field<byte>(_context + StubLayout.ContextRegisters), GuestRegisters.Size);
        return Classify(signal, (int)info);
    }

    private GuestEvent Classify(int signal, int info)
    {
        switch (signal)
        {
            case (int)Signal.SIGSYS:
                bool native = _area.Field<uint>(info + 28) == ArchitectureX64;
                return new GuestEvent(native ? GuestEventKind.Syscall : GuestEventKind.ForeignSyscall);
            case StubLayout.InterruptSignal:
                return new GuestEvent(GuestEventKind.Interrupt);
            case (int)Signal.SIGSEGV or (int)Signal.SIGBUS or (int)Signal.SIGILL or (int)Signal.SIGFPE
                or (int)Signal.SIGTRAP:
                return new GuestEvent(
                    GuestEventKind.Fault, signal, _area.Field<int>(info + 8), _area.Field<ulong>(info + 16));
            default:
                Process.Kill();
                return new GuestEvent(GuestEventKind.Dead);
        }
    }
}
