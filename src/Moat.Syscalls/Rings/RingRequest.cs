// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi.Rings;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.Syscalls.Rings;

/// <summary>A request of an io_uring instance, from its submission to its completion.</summary>
/// <remarks>
/// Invariants: the entry is a copy that the guest cannot change; <see cref="File"/> is held until it is done.
/// </remarks>
internal sealed class RingRequest : DeferredItem, IDeferredCall
{
    private int _state;
    private bool _isNotified;
    private bool _isCancelled;
    private FileWaiter? _waiter;
    private WaitQueue? _queue;

    internal RingRequest(RingFile ring, Task actor, in SubmissionEntry entry)
    {
        Ring = ring;
        Actor = actor;
        Entry = entry;
    }

    internal RingFile Ring { get; }

    /// <summary>In whose name it is made.</summary>
    internal Task Actor { get; }

    internal SubmissionEntry Entry;

    internal ulong UserData => Entry.UserData;

    /// <summary>What it works on; null until it begins, and for what works on no file.</summary>
    internal OpenFile? File { get; set; }

    /// <summary>The request that begins when this one has ended well.</summary>
    internal RingRequest? Next { get; set; }

    /// <summary>The timeout that ends this one.</summary>
    internal RingRequest? Limit { get; set; }

    /// <summary>For a linked timeout: what it ends.</summary>
    internal RingRequest? Limited { get; set; }

    /// <summary>For a splice: where the bytes come from.</summary>
    internal OpenFile? Input { get; set; }

    /// <summary>The file whose readiness it waits for.</summary>
    internal OpenFile? Blocked { get; set; }

    /// <inheritdoc/>
    public FanotifyInquiry? Inquiry { get; set; }

    /// <summary>What it was found to wait for when it was last tried, other than its file.</summary>
    internal WaitQueue? Awaited { get; set; }

    /// <summary>Where it waits; null when it is not to wait.</summary>
    internal WaitQueue? AwaitedQueue =>
        Awaited ?? (RingCalls.NeverWaits(this) ? null : Blocked?.WaitQueue);

    /// <summary>How many bytes it is to move, where that is not in the entry.</summary>
    internal long Wanted { get; set; }

    /// <summary>When its time is over.</summary>
    internal Deadline Deadline { get; set; }

    /// <summary>Its chain's turn has come: the table counts it among what a drain waits for.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>The file has changed since it was last tried.</summary>
    internal bool IsNotified
    {
        get => Volatile.Read(ref _isNotified);
        set => Volatile.Write(ref _isNotified, value);
    }

    /// <summary>It was refused before its turn came.</summary>
    internal Abi.Errno Refused { get; set; }

    /// <summary>Somebody wants it to end while a thread works on it.</summary>
    internal bool IsCancelled
    {
        get => Volatile.Read(ref _isCancelled);
        set => Volatile.Write(ref _isCancelled, value);
    }

    /// <summary>The events it waits for.</summary>
    internal PollEvents Events { get; set; }

    /// <summary>IORING_CQE_F_* of its completion.</summary>
    internal uint Flags { get; set; }

    /// <summary>Its place in the timer queue.</summary>
    internal KernelTimer? Timer { get; private set; }

    /// <summary>For a timeout that counts: the number of completions that ends it.</summary>
    internal ulong Target { get; set; }

    /// <summary>Tells those with one target apart; 0 for what does not count. The table's.</summary>
    internal ulong Serial;

    /// <summary>Its place among the chains that wait for a drain. The table's.</summary>
    internal LinkedListNode<RingRequest>? Drained;

    /// <summary>Others with the same user data; the table's.</summary>
    internal RingRequest? Previous;

    /// <summary>As <see cref="Previous"/>.</summary>
    internal RingRequest? Following;

    internal RingState State => (RingState)Volatile.Read(ref _state);

    protected override ThreadGroup Group => Actor.Group;

    /// <summary>Changes the state, unless somebody else was faster.</summary>
    internal bool TryMove(RingState from, RingState to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;

    /// <summary>Waits on a queue and on no other; true when it did not do so before.</summary>
    internal bool WaitOn(WaitQueue queue)
    {
        _waiter ??= new FileWaiter(this);
        _waiter.Interest = Events;
        if (_queue == queue)
        {
            return false;
        }

        _queue?.Remove(_waiter);
        _queue = queue;
        queue.Add(_waiter);
        return true;
    }

    /// <inheritdoc/>
    public void Await(WaitQueue queue, long untilNs)
    {
        Awaited = queue;
        Events = PollEvents.All;
        if (untilNs != long.MaxValue)
        {
            Actor.Kernel.Timers.Arm(MakeTimer(), untilNs);
        }
    }

    /// <summary>The entry for the timer queue.</summary>
    internal KernelTimer MakeTimer() => Timer ??= new RequestTimer(this);

    /// <summary>It is done: leaves queues and gives its files back.</summary>
    internal void LetGo()
    {
        if (_waiter is not null)
        {
            _queue?.Remove(_waiter);
            _queue = null;
        }

        if (Timer is not null)
        {
            _ = Actor.Kernel.Timers.Cancel(Timer);
        }

        Inquiry?.GiveUp();
        Inquiry = null;
        File?.Release();
        Input?.Release();
        File = null;
        Input = null;
        Blocked = null;
    }

    protected override void Run() => RingEngine.Continue(this);

    private sealed class FileWaiter(RingRequest request) : Waiter
    {
        public override bool Notify(PollEvents events)
        {
            request.IsNotified = true;
            request.Actor.Kernel.Deferred.Post(request);
            return false;
        }
    }

    private sealed class RequestTimer(RingRequest request) : KernelTimer
    {
        protected override void Expire()
        {
            request.IsNotified = true;
            request.Actor.Kernel.Deferred.Post(request);
        }
    }
}
