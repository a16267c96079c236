// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi.Aio;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Aio;

/// <summary>A request that waits until a file is ready (IOCB_CMD_POLL).</summary>
/// <remarks>Invariants: holds a reference on its file, and one on its eventfd, until it leaves.</remarks>
public sealed class AioPoll : DeferredItem
{
    private readonly AioContext _context;
    private readonly Task _task;
    private readonly OpenFile _file;
    private readonly OpenFile? _event;
    private readonly PollEvents _events;
    private readonly ulong _data;
    private readonly FileWaiter _waiter;
    private int _hasLeft;
    private int _woken;

    /// <summary>A request; the references on the files are taken over.</summary>
    public AioPoll(
        AioContext context, Task task, OpenFile file, OpenFile? counter, ulong request, in AioRequest wanted)
    {
        _context = context;
        _task = task;
        _file = file;
        _event = counter;
        _data = wanted.Data;
        _events = (PollEvents)wanted.Buffer | PollEvents.Error | PollEvents.HangUp;
        Request = request;
        Place = new LinkedListNode<AioPoll>(this);
        _waiter = new FileWaiter(this) { Interest = _events };
    }

    /// <summary>Its place among those of its context that wait.</summary>
    internal LinkedListNode<AioPoll> Place { get; }

    /// <summary>Guest address of the iocb.</summary>
    public ulong Request { get; }

    protected internal override ThreadGroup Group => _task.Group;

    /// <summary>Waits, unless the file is ready by now.</summary>
    public void Start()
    {
        if (!_context.Add(this))
        {
            Leave();
            return;
        }

        _file.WaitQueue?.Add(_waiter);
        if (_file.WaitQueue is null || (_file.Poll(_task) & _events) != 0)
        {
            Run();
        }
    }

    /// <summary>io_cancel(2): its event says that nothing is ready. False when it is done already.</summary>
    public bool Cancel() => Finish(0);

    /// <summary>Lets go of its files. Called once the context does not know it any more.</summary>
    internal void Leave()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
        {
            _file.WaitQueue?.Remove(_waiter);
            _file.Release();
            _event?.Release();
        }
    }

    protected internal override void Run()
    {
        // It may be cancelled meanwhile, and let go of the file.
        if (Volatile.Read(ref _hasLeft) != 0 || !_file.TryAddReference())
        {
            return;
        }

        try
        {
            var woken = (PollEvents)Interlocked.Exchange(ref _woken, 0);
            PollEvents ready = _file.Poll(_task) & (_events | woken);
            if (ready != 0)
            {
                _ = Finish((long)ready);
            }
        }
        finally
        {
            _file.Release();
        }
    }

    private bool Finish(long result)
    {
        if (!_context.Finish(this, new AioEvent(_data, Request, result, 0)))
        {
            return false;
        }

        if (_event is not null)
        {
            AioEvents.Signal(_task, _event);
        }

        Leave();
        return true;
    }

    private sealed class FileWaiter(AioPoll poll) : Waiter
    {
        public override bool Notify(PollEvents events)
        {
            Interlocked.Or(ref poll._woken, (int)events);
            poll._task.Kernel.Deferred.Post(poll);
            return false;
        }
    }
}
