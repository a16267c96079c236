// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Seccomp;

namespace Moat.Platform;

/// <summary>
/// The supervisor thread: answers the stubs' memory calls against the orders given, and notices stubs that
/// die.
/// </summary>
/// <remarks>Locks: a leaf lock guards the tables of threads and of watched descriptors.</remarks>
public sealed class StubMonitor
{
    private const uint Readable = 1;
    private const uint HungUp = 0x10;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<int, StubThread> _threads = [];
    private readonly Dictionary<ulong, object> _watched = [];
    private readonly int _epoll;
    private ulong _lastKey;
    private int _ending;

    /// <summary>Creates the epoll set; <see cref="Start"/> runs the thread.</summary>
    public StubMonitor()
    {
        Result<int> epoll = HostEpoll.Create();
        _epoll = epoll.IsOk ? epoll.Value : throw new InvalidOperationException($"epoll: {epoll.Error}");
    }

    /// <summary>True while a process that the kernel has ended has not yet been reaped.</summary>
    internal bool AreProcessesEnding => Volatile.Read(ref _ending) > 0;

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Run, 128 * 1024) { IsBackground = true, Name = "moat-monitor" }.Start();

    /// <summary>
    /// Watches a new process's end, and the listener of its family when it is the family's first.
    /// </summary>
    internal void Watch(StubProcess process)
    {
        process.AddReference();
        Add(process.PidFd, process);
    }

    internal void Watch(StubFamily family)
    {
        family.AddReference();
        Add(family.Listener, family);
    }

    internal void Register(StubThread thread, int tid)
    {
        using (_lock.Enter())
        {
            _threads[tid] = thread;
        }

        thread.BindTid(tid);
    }

    internal void CountEnding(int change) => Interlocked.Add(ref _ending, change);

    internal void Forget(StubThread thread)
    {
        using (_lock.Enter())
        {
            if (_threads.TryGetValue(thread.Tid, out StubThread? known) && known == thread)
            {
                _threads.Remove(thread.Tid);
            }
        }
    }

    private void Add(int fd, object target)
    {
        ulong key;
        using (_lock.Enter())
        {
            key = ++_lastKey;
            _watched[key] = target;
        }

        _ = HostEpoll.Add(_epoll, fd, Readable, key);
    }

    private void Run()
    {
        Span<EpollEntry> events = stackalloc EpollEntry[16];
        while (true)
        {
            if (!HostEpoll.Wait(_epoll, events, -1).TryGet(out int count, out _))
            {
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                Dispatch(events[i]);
            }
        }
    }

    private void Dispatch(in EpollEntry entry)
    {
        object? target;
        using (_lock.Enter())
        {
            _watched.TryGetValue(entry.Data, out target);
        }

        switch (target)
        {
            case StubProcess process:
                Unwatch(entry.Data, process.PidFd);
                _ = PidFd.Reap(process.PidFd, false);
                process.OnDeath();
                process.Release();
                break;
            case Stranger stranger:
                Unwatch(entry.Data, stranger.PidFd);
                _ = PidFd.Reap(stranger.PidFd, false);
                HostFile.Close(stranger.PidFd);
                break;
            case StubFamily family when (entry.Events & Readable) != 0:
                Answer(family);
                break;
            case StubFamily family when (entry.Events & HungUp) != 0:
                Unwatch(entry.Data, family.Listener);
                family.Release();
                break;
            default:
                break;
        }
    }

    private void Unwatch(ulong key, int fd)
    {
        _ = HostEpoll.Remove(_epoll, fd);
        using (_lock.Enter())
        {
            _watched.Remove(key);
        }
    }

    private void Answer(StubFamily family)
    {
        if (SeccompListener.Receive(family.Listener, out SeccompNotification call) != Errno.Success)
        {
            return;
        }

        StubThread? thread;
        using (_lock.Enter())
        {
            _threads.TryGetValue((int)call.Pid, out thread);
        }

        if (thread is not null)
        {
            if (!thread.TryAnswer(family.Listener, call))
            {
                // Nobody ordered this: guest code jumped to the stub's instruction. It ends here.
                _ = SeccompListener.Fail(family.Listener, call.Id, Errno.EPERM);
                thread.Process.Kill();
            }
        }
        else if (!TryAnswerChild(family, call))
        {
            KillStranger((int)call.Pid);
            _ = SeccompListener.Fail(family.Listener, call.Id, Errno.EPERM);
        }
    }

    private bool TryAnswerChild(StubFamily family, in SeccompNotification call)
    {
        if (!family.TryTakeChild(call, out StubThread? child, out int hostFd))
        {
            return false;
        }

        bool bound = true;
        if (child!.Process.Pid == 0)
        {
            // The child waits for our answer, so its number cannot have been given to anyone else.
            if (PidFd.Open((int)call.Pid).TryGet(out int pidFd, out _))
            {
                child.Process.BindPid((int)call.Pid, pidFd);
                Watch(child.Process);
            }
            else
            {
                bound = false;
                child.OnProcessDeath();
            }
        }

        if (bound)
        {
            Register(child, (int)call.Pid);
            SupervisorAnswer.Allow(family.Listener, call, hostFd);
        }

        family.EndClone();
        child.Process.Release();
        return bound;
    }

    // A process that was cloned behind our back: nobody may come to know it.
    private void KillStranger(int pid)
    {
        if (PidFd.Open(pid).TryGet(out int pidFd, out _))
        {
            const int KillSignal = 9;
            _ = PidFd.SendSignal(pidFd, KillSignal);
            Add(pidFd, new Stranger(pidFd));
        }
    }

    /// <summary>A killed process that belongs to nobody and is still to be reaped.</summary>
    private sealed record Stranger(int PidFd);
}
