// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.FileSystems.Events;

/// <summary>Tells by a signal what happens to the entries of a directory (F_NOTIFY, dnotify).</summary>
/// <remarks>It is a watch of its own, which counts among its user's inotify instances.</remarks>
public sealed class DirectorySignal : DeferredItem, IFileNotice
{
    private const uint KeepsGoing = 0x80000000;
    private const uint Known = 0x3f | KeepsGoing;
    private const int MessageCode = 3;
    private const long MessageBand = 0x441;
    private const int EventSize = 16;
    private const int MostRounds = 16;

    private readonly Task _task;
    private readonly OpenFile _file;
    private readonly InotifyFile _watcher;
    private readonly int _fd;
    private readonly bool _keepsGoing;
    private readonly FileWaiter _waiter;

    private DirectorySignal(Task task, OpenFile file, InotifyFile watcher, int fd, bool keepsGoing)
    {
        _task = task;
        _file = file;
        _watcher = watcher;
        _fd = fd;
        _keepsGoing = keepsGoing;
        _waiter = new FileWaiter(this) { Interest = PollEvents.In };
    }

    protected override ThreadGroup Group => _task.Group;

    /// <summary>Begins, in place of what was asked for before; no events end it.</summary>
    /// <returns>ENOTDIR; EMFILE and ENOSPC by the limits of inotify.</returns>
    public static Errno Set(Task task, OpenFile file, int fd, uint wanted)
    {
        if (file.Location is not { Inode.IsDirectory: true } place)
        {
            return Errno.ENOTDIR;
        }

        InotifyMask mask = MaskOf(wanted & Known);
        if (mask == InotifyMask.None)
        {
            file.SetDirectoryNotice(null);
            return Errno.Success;
        }

        NotifyLimits limits = place.Dentry.FileSystem.Vfs.NotifyLimits;
        if (!InotifyFile.Create(task, limits, nonBlocking: true).TryGet(out OpenFile? made, out Errno error))
        {
            return error;
        }

        var watcher = (InotifyFile)made;
        if (!watcher.Watch(place.Dentry, mask).TryGet(out _, out error))
        {
            watcher.Release();
            return error;
        }

        if (file.SignalOwner.Id == 0)
        {
            Credentials own = task.Credentials;
            file.SignalOwner =
                new FileOwner(FileOwnerKind.Process, task.Group.ProcessId, own.Uid, own.EffectiveUid);
        }

        var notice = new DirectorySignal(task, file, watcher, fd, (wanted & KeepsGoing) != 0);
        watcher.WaitQueue.Add(notice._waiter);
        file.SetDirectoryNotice(notice);
        return Errno.Success;
    }

    public void End()
    {
        _watcher.WaitQueue.Remove(_waiter);
        _watcher.Release();
    }

    protected override void Run()
    {
        if (!_watcher.TryAddReference())
        {
            return;
        }

        bool any = false;
        Span<byte> events = stackalloc byte[4096];
        int rounds = 0;
        while (rounds++ < MostRounds && _watcher.Read(_task, events).TryGet(out int got, out _))
        {
            for (int at = 0; at < got;)
            {
                InotifyEvent one = MemoryMarshal.Read<InotifyEvent>(events[at..]);
                any |= one.Length > 0;
                at += EventSize + (int)one.Length;
            }
        }

        if (rounds > MostRounds)
        {
            // They come as fast as they are read; others have their turn.
            _task.Kernel.Deferred.Post(this);
        }

        _watcher.Release();
        if (any)
        {
            OwnerSignal.Send(_task.Kernel, _file, _fd, MessageCode, MessageBand);
            if (!_keepsGoing)
            {
                _file.EndDirectoryNotice(this);
            }
        }
    }

    private static InotifyMask MaskOf(uint wanted)
    {
        const InotifyMask Moves = InotifyMask.MovedFrom | InotifyMask.MovedTo;
        return ((wanted & 1) != 0 ? InotifyMask.Access : 0)
            | ((wanted & 2) != 0 ? InotifyMask.Modify : 0)
            | ((wanted & 4) != 0 ? InotifyMask.Create | InotifyMask.MovedTo : 0)
            | ((wanted & 8) != 0 ? InotifyMask.Delete | InotifyMask.MovedFrom : 0)
            | ((wanted & 16) != 0 ? Moves : 0)
            | ((wanted & 32) != 0 ? InotifyMask.Attributes : 0);
    }

    private sealed class FileWaiter(DirectorySignal signal) : Waiter
    {
        public override bool Notify(PollEvents events)
        {
            signal._task.Kernel.Deferred.Post(signal);
            return false;
        }
    }
}
