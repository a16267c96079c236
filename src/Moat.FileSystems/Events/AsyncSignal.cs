// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.FileSystems.DevPts;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Events;

/// <summary>Tells a file's owner by a signal that the file is ready (O_ASYNC, fasync_struct).</summary>
/// <remarks>Events that come before the signal of the last has been sent are told together.</remarks>
public sealed class AsyncSignal : DeferredItem, IFileNotice
{
    private readonly Task _task;
    private readonly OpenFile _file;
    private readonly int _fd;
    private readonly FileWaiter _waiter;
    private int _events;

    private AsyncSignal(Task task, OpenFile file, int fd)
    {
        _task = task;
        _file = file;
        _fd = fd;
        PollEvents own = (file.CanRead ? PollEvents.In : 0) | (file.CanWrite ? PollEvents.Out : 0);
        _waiter = new FileWaiter(this) { Interest = own | PollEvents.Error | PollEvents.HangUp };
    }

    /// <summary>The process that asked first.</summary>
    protected override ThreadGroup Group => _task.Group;

    /// <summary>Begins or ends it; ENOTTY for a file that never tells.</summary>
    public static Errno Set(Task task, OpenFile file, int fd, bool isOn)
    {
        if (isOn == ((file.Flags & OpenFlags.Async) != 0))
        {
            return Errno.Success;
        }

        if (!file.TellsByFlag || file.WaitQueue is not { } queue)
        {
            return Errno.ENOTTY;
        }

        // It waits before anybody can end it.
        AsyncSignal? notice = isOn ? new AsyncSignal(task, file, fd) : null;
        if (notice is not null)
        {
            queue.Add(notice._waiter);
        }

        file.SetAsync(notice);
        return Errno.Success;
    }

    public void End() => _file.WaitQueue?.Remove(_waiter);

    protected override void Run()
    {
        var events = (PollEvents)Interlocked.Exchange(ref _events, 0);
        if ((events & PollEvents.HangUp) != 0 && _file is not PipeFile)
        {
            // A terminal's end is told by SIGHUP only.
            if (_file is not PtyFile)
            {
                OwnerSignal.Send(_task.Kernel, _file, _fd, 6, 0x18);
            }

            return;
        }

        if ((events & (PollEvents.In | PollEvents.HangUp)) != 0)
        {
            OwnerSignal.Send(_task.Kernel, _file, _fd, 1, 0x41);
        }

        if ((events & PollEvents.Out) != 0 && _file.CanWrite)
        {
            OwnerSignal.Send(_task.Kernel, _file, _fd, 2, 0x304);
        }
    }

    private sealed class FileWaiter(AsyncSignal signal) : Waiter
    {
        public override bool Notify(PollEvents events)
        {
            Interlocked.Or(ref signal._events, (int)(events & (Interest | PollEvents.HangUp)));
            signal._task.Kernel.Deferred.Post(signal);
            return false;
        }
    }
}
