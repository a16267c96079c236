// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>An io_uring instance: its rings, what is registered with it, its requests.</summary>
/// <remarks>
/// Locks: those of its parts; <see cref="SubmissionLock"/> (rank FilePosition) is held while a chain of
/// entries is taken. Invariants: each entry is copied once and judged by its copy; indices from the rings are
/// masked or compared.
/// </remarks>
internal sealed class RingFile : OpenFile, IAsyncOwner
{
    private const ulong CompletionRing = 0x8000000;
    private const ulong SubmissionEntries = 0x10000000;

    private readonly InodeAttributes _attributes;
    private readonly RingMemory _memory;
    private readonly HashSet<AsyncGate> _gates = [];
    private readonly RankedLock _gateLock = new(LockRank.Epoll);
    private readonly RingLimits _limits;
    private Task? _actor;
    private OpenFile? _event;
    private Abi.Uio.IoVector[]? _buffers;
    private readonly RingPump _pump;
    private uint _head;

    internal RingFile(Task task, RingMemory memory, RingLayout layout, RingSetupFlags setup)
        : base(OpenFlags.ReadWrite)
    {
        _memory = memory;
        _pump = new RingPump(this, task);
        _limits = task.Kernel.RingLimits;
        Layout = layout;
        IsEnabled = (setup & RingSetupFlags.Disabled) == 0;
        SubmitsAll = (setup & RingSetupFlags.SubmitAll) != 0;
        Buffers = new ProvidedBuffers(_limits);
        Files = new RegisteredFiles(_limits);
        Completions = new CompletionQueue(memory, layout, _limits);
        Requests = new RequestTable(_limits);
        layout.Initialize(memory);
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, task.Credentials);
    }

    internal RingLayout Layout { get; }

    internal CompletionQueue Completions { get; }

    internal RequestTable Requests { get; }

    internal ProvidedBuffers Buffers { get; }

    internal RegisteredFiles Files { get; }

    /// <summary>Buffers of READ_FIXED and WRITE_FIXED; null when none are registered.</summary>
    internal Abi.Uio.IoVector[]? FixedBuffers => Volatile.Read(ref _buffers);

    /// <summary>False until IORING_REGISTER_ENABLE_RINGS for one made with IORING_SETUP_R_DISABLED.</summary>
    internal bool IsEnabled { get; set; }

    /// <summary>IORING_SETUP_SUBMIT_ALL: a bad entry does not end a submission.</summary>
    internal bool SubmitsAll { get; }

    /// <summary>Held while a chain of entries is taken.</summary>
    internal RankedLock SubmissionLock { get; } = new(LockRank.FilePosition);

    public override string AnonymousName => "anon_inode:[io_uring]";

    public override WaitQueue WaitQueue => Completions.WaitQueue;

    /// <summary>As Linux: a ring sent through a socket that the ring holds could never go.</summary>
    public override bool MayBePassed => false;

    public override Result<InodeAttributes> GetAttributes() => _attributes;

    public override PollEvents Poll(Caller caller)
    {
        uint tail = Volatile.Read(ref _memory.Word(RingLayout.SubmissionTail));
        PollEvents events = tail - Volatile.Read(ref _head) < Layout.Submissions
            ? PollEvents.Out | PollEvents.WriteNormal : PollEvents.None;
        return Completions.Ready > 0 || Completions.HasOverflow
            ? events | PollEvents.In | PollEvents.ReadNormal : events;
    }

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write, bool execute)
    {
        if (!shared)
        {
            return Errno.EINVAL;
        }

        _memory.AddReference();
        return _memory;
    }

    public override Result<ulong> PlaceOf(ulong offset, ulong length) => offset switch
    {
        0 or CompletionRing when length <= (ulong)Layout.Entries => 0ul,
        SubmissionEntries when length <= (ulong)Layout.EntryBytes => (ulong)Layout.Entries,
        _ => Errno.EINVAL,
    };

    /// <summary>How many entries wait; never more than there is room for.</summary>
    internal uint Submitted()
    {
        uint count = Volatile.Read(ref _memory.Word(RingLayout.SubmissionTail)) - _head;
        return count < Layout.Submissions ? count : Layout.Submissions;
    }

    /// <summary>Takes the next entry: false for an index that leads nowhere.</summary>
    internal bool TryTake(out SubmissionEntry entry)
    {
        int place = (int)(_head & (Layout.Submissions - 1)) * sizeof(uint);
        uint index = Volatile.Read(ref _memory.Word(Layout.Array + place));
        Volatile.Write(ref _head, _head + 1);
        if (index >= Layout.Submissions)
        {
            Interlocked.Increment(ref _memory.Word(RingLayout.Dropped));
            entry = default;
            return false;
        }

        entry = MemoryMarshal.Read<SubmissionEntry>(
            _memory.Span[(Layout.Entries + ((int)index * RingLayout.SubmissionSize))..]);
        return true;
    }

    /// <summary>Tells the guest how far its entries have been taken.</summary>
    internal void PublishHead() => Volatile.Write(ref _memory.Word(RingLayout.SubmissionHead), _head);

    /// <summary>The task that acts for a submitter, the same as long as nothing about it changes.</summary>
    internal Task ActorFor(Task task)
    {
        if (_actor is { } known && known.Group == task.Group && AsyncActor.IsCurrent(known, task))
        {
            return known;
        }

        using (_gateLock.Enter())
        {
            if (_gates.Add(task.Mm.Gate))
            {
                task.Mm.Gate.Register(this);
            }
        }

        return _actor = AsyncActor.For(task);
    }

    /// <summary>Has requests begin whose turn has come, soon and on another thread.</summary>
    internal void GoOn()
    {
        if (Requests.HasNext)
        {
            _pump.Post();
        }
    }

    /// <summary>Adds a completion, and counts it where that was asked for.</summary>
    internal void Post(Task actor, in CompletionEntry entry)
    {
        Completions.Post(entry);
        if (Volatile.Read(ref _event) is { } counter && counter.TryAddReference())
        {
            Kernel.Aio.AioEvents.Signal(actor, counter);
            counter.Release();
        }
    }

    /// <summary>IORING_REGISTER_EVENTFD: EBUSY when there is one; the reference is taken over.</summary>
    internal Errno SetEvent(OpenFile counter)
    {
        if (Interlocked.CompareExchange(ref _event, counter, null) is null)
        {
            return Errno.Success;
        }

        counter.Release();
        return Errno.EBUSY;
    }

    /// <summary>IORING_UNREGISTER_EVENTFD.</summary>
    internal Errno ClearEvent()
    {
        OpenFile? counter = Interlocked.Exchange(ref _event, null);
        counter?.Release();
        return counter is null ? Errno.ENXIO : Errno.Success;
    }

    /// <summary>IORING_REGISTER_BUFFERS: EBUSY when there are some, ENOMEM for too many in all.</summary>
    internal Errno SetBuffers(Abi.Uio.IoVector[] buffers)
    {
        if (!_limits.TryAddEntries(buffers.Length))
        {
            return Errno.ENOMEM;
        }

        if (Interlocked.CompareExchange(ref _buffers, buffers, null) is null)
        {
            return Errno.Success;
        }

        _limits.RemoveEntries(buffers.Length);
        return Errno.EBUSY;
    }

    /// <summary>IORING_UNREGISTER_BUFFERS.</summary>
    internal Errno ClearBuffers()
    {
        Abi.Uio.IoVector[]? buffers = Interlocked.Exchange(ref _buffers, null);
        _limits.RemoveEntries(buffers?.Length ?? 0);
        return buffers is null ? Errno.ENXIO : Errno.Success;
    }

    public void GiveUp(MemoryContext memory)
    {
        using (_gateLock.Enter())
        {
            _gates.Remove(memory.Gate);
        }

        if (!TryAddReference())
        {
            return;
        }

        List<RingRequest> all = Requests.Snapshot(closes: false);
        all.RemoveAll(request => request.Actor.Mm != memory);
        CancelAll(all);

        Release();
    }

    // All are marked first, so that no link begins when what it waits for is cancelled.
    private static void CancelAll(List<RingRequest> requests)
    {
        foreach (RingRequest request in requests)
        {
            request.IsCancelled = true;
        }

        foreach (RingRequest request in requests)
        {
            _ = RingEngine.Cancel(request);
        }
    }

    protected override void Destroy()
    {
        AsyncGate[] gates;
        using (_gateLock.Enter())
        {
            gates = [.. _gates];
            _gates.Clear();
        }

        foreach (AsyncGate gate in gates)
        {
            gate.Unregister(this);
        }

        _ = ClearEvent();
        Completions.Close();
        CancelAll(Requests.Snapshot(closes: true));

        _ = Files.Clear();
        _ = ClearBuffers();
        Buffers.Close();
        _memory.Release();
        _limits.RemoveRing();
    }
}
