// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Clocks;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>One stub process: one guest address space on the host, and its host threads.</summary>
/// <remarks>
/// Locks: a leaf lock guards slots and the list of threads. Invariants: it is destroyed when the last task
/// thread has let go of it and the monitor has reaped it; letting go kills it.
/// </remarks>
public sealed class StubProcess : RefCounted
{
    private long _lastCpuNs;
    private const int KillSignal = 9;

    // Half a register, less the sign: what only an announced child knows.
    private const ulong SecretBound = 1UL << 31;

    // Failed clones leave an area behind each.
    private const int MostFailed = 256;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly List<StubThread> _threads = [];
    private readonly List<StubThread> _failed = [];
    private readonly Stack<StubThread> _parked = new();
    private readonly StubMonitor _monitor;
    private readonly HashSet<int> _usedSlots = [];
    private int _pid;
    private int _pidFd = -1;
    private bool _killed;
    private bool _isEnding;
    private bool _isDead;

    internal StubProcess(StubMonitor monitor, StubFamily family, bool patchesCallSites)
    {
        _monitor = monitor;
        Family = family;
        HotSites = new HotSites(patchesCallSites);
    }

    /// <summary>The host process id, in the kernel process's PID namespace.</summary>
    public int Pid => System.Threading.Volatile.Read(ref _pid);

    /// <summary>Where the vDSO is mapped in it.</summary>
    public ulong VdsoAddress { get; internal set; }

    /// <summary>Told, on the monitor's thread, when the host process has died without our doing.</summary>
    public System.Action? Died { get; set; }

    internal StubFamily Family { get; set; }

    internal StubMonitor Monitor => _monitor;

    /// <summary>Counts traps, to find the sites worth patching.</summary>
    internal HotSites HotSites { get; }

    /// <summary>Held while a site is being patched: whoever faults at a half-patched one waits for
    /// it.</summary>
    internal RankedLock PatchLock { get; } = new(LockRank.CallSites);

    /// <summary>The patched call sites; null until the first one.</summary>
    internal CallSiteTable? CallSites { get; set; }

    /// <summary>The descriptors that it keeps; null until the first one.</summary>
    internal KeptFiles? Kept { get; set; }

    /// <summary>True once a call site was patched, here or before it was forked.</summary>
    public bool HasPatches => CallSites is not null;

    /// <summary>
    /// Where a call returns to in guest code, when a patched site says otherwise; while the process lives.
    /// </summary>
    public ulong ReturnOf(ulong address) => CallSites?.ReturnOf(address) ?? address;

    /// <summary>True when guest code may run on other threads than the caller's.</summary>
    internal bool HasOtherThreads
    {
        get
        {
            using (_lock.Enter())
            {
                return _threads.Count - _parked.Count > 1;
            }
        }
    }

    internal int PidFd => _pidFd;

    /// <summary>
    /// CPU time of all its threads, the ended ones too, in ns; what was last heard once it is gone.
    /// </summary>
    public long CpuTimeNs()
    {
        long now = Pid == 0 ? 0 : HostClock.ReadNs(HostClock.OfProcess(Pid));
        long last = System.Threading.Volatile.Read(ref _lastCpuNs);
        if (now > last)
        {
            System.Threading.Volatile.Write(ref _lastCpuNs, now);
        }

        return System.Math.Max(now, last);
    }

    /// <summary>
    /// Ends it at once. Every task thread that drives one of its threads gets a Dead event.
    /// </summary>
    public void Kill()
    {
        bool isBorn;
        using (_lock.Enter())
        {
            _killed = true;
            isBorn = _pidFd >= 0;
            if (isBorn)
            {
                if (!_isEnding && !_isDead)
                {
                    _isEnding = true;
                    _monitor.CountEnding(1);
                }

                _ = Host.Processes.PidFd.SendSignal(_pidFd, KillSignal);
            }
        }

        if (!isBorn)
        {
            CancelBirth();
        }
    }

    /// <summary>
    /// A new host thread that is a copy of the calling one, ready to be resumed with registers of its own.
    /// </summary>
    public Result<StubThread> CloneThread(StubThread caller)
    {
        StubThread? parked = null;
        using (_lock.Enter())
        {
            _parked.TryPop(out parked);
        }

        if (parked is not null)
        {
            return caller.CopyFrameTo(parked) ? parked : Errno.EAGAIN;
        }

        if (_failed.Count >= MostFailed)
        {
            return Errno.EAGAIN;
        }

        if (!NewThread(-1).TryGet(out StubThread? child, out Errno error))
        {
            return error;
        }

        ThreadArea area = child.Area;
        if (!caller.CopyFrameTo(child))
        {
            RemoveThread(child);
            return Errno.EAGAIN;
        }

        ulong slot = caller.Area.SlotFd;
        ulong secret = SecureRandom.Next(SecretBound) << 32;
        Family.BeginClone(child, new ApprovedCall(
            new MemoryOrder(SyscallNumber.madvise, area.GuestAddress, StubLayout.AreaSize,
                StubLayout.DontFork, secret)));
        Result<ulong> cloned = caller.ExecuteBatch(
        [
            new(SyscallNumber.mmap, area.GuestAddress, StubLayout.AreaSize, 3, 0x11, slot, 0, area.Fd),
            new(SyscallNumber.close, slot, 0),
            new(SyscallNumber.madvise, area.GuestAddress, StubLayout.AreaSize, StubLayout.DontFork),
            new(SyscallNumber.clone, StubLayout.CloneThread, child.StackBelowFrame, 0, 0, 0, secret),
        ]);
        if (!cloned.IsOk || !child.WaitForStart())
        {
            if (!Family.CancelClone(child))
            {
                // The guest says that there is no thread, and there is one.
                Kill();
            }

            RemoveThread(child);
            return cloned.IsOk ? Errno.EAGAIN : cloned.Error;
        }

        area.CloseFd();
        child.Urgency.CopyFrom(caller.Urgency);
        return child;
    }

    /// <summary>
    /// Forks the process. The child's only thread is a copy of the caller; call
    /// <see cref="StubThread.AwaitFork"/> on it before anything else.
    /// </summary>
    public Result<StubThread> Fork(StubThread caller)
    {
        Family.AddReference();
        CallSites?.AddReference();
        var process = new StubProcess(_monitor, Family, HotSites.IsOn)
        {
            VdsoAddress = VdsoAddress, CallSites = CallSites, Kept = Kept?.Copy(),
        };
        if (!process.NewThread(caller.Area.Slot).TryGet(out StubThread? child, out Errno error)
            || !caller.CopyFrameTo(child))
        {
            process.Abandon();
            return error == Errno.Success ? Errno.EAGAIN : error;
        }

        ThreadArea area = child.Area;
        // The host looks at the lower half of the descriptor's number only; nobody else knows the upper.
        ulong slot = area.SlotFd | (SecureRandom.Next(SecretBound) << 32);
        Family.BeginClone(child, new ApprovedCall(
            new MemoryOrder(SyscallNumber.mmap, area.GuestAddress, StubLayout.AreaSize, 3, 0x11, slot, 0,
                area.Fd)));
        Result<ulong> cloned = caller.ExecuteBatch(
            [new(SyscallNumber.clone, StubLayout.CloneProcess, 0, 0, 0, 0, slot)]);
        if (!cloned.IsOk)
        {
            if (!Family.CancelClone(child))
            {
                process.Kill();
            }

            process.Abandon();
            return cloned.Error;
        }

        child.Urgency.CopyFrom(caller.Urgency);
        return child;
    }

    /// <summary>
    /// A guest thread has ended: its host thread, which has come to <see cref="StubThread.Rest"/>, is kept
    /// for the
    /// next one.
    /// </summary>
    public void Park(StubThread thread)
    {
        using (_lock.Enter())
        {
            _parked.Push(thread);
        }
    }

    /// <summary>A thread with a new area; slot -1 takes a free one.</summary>
    internal Result<StubThread> NewThread(int slot)
    {
        using (_lock.Enter())
        {
            for (int i = 0; slot < 0 && i < StubLayout.MaxThreads; i++)
            {
                slot = _usedSlots.Contains(i) ? -1 : i;
            }

            if (slot < 0)
            {
                return Errno.EAGAIN;
            }

            _usedSlots.Add(slot);
        }

        if (!ThreadArea.Create(slot).TryGet(out ThreadArea? area, out Errno error))
        {
            using (_lock.Enter())
            {
                _usedSlots.Remove(slot);
            }

            return error;
        }

        var thread = new StubThread(this, area);
        using (_lock.Enter())
        {
            _threads.Add(thread);
        }

        return thread;
    }

    /// <summary>The process exists on the host: whoever holds it may now signal it.</summary>
    internal void BindPid(int pid, int pidFd)
    {
        bool kill;
        using (_lock.Enter())
        {
            System.Threading.Volatile.Write(ref _pid, pid);
            _pidFd = pidFd;
            kill = _killed;
        }

        if (kill)
        {
            Kill();
        }
    }

    /// <summary>The monitor reaped it: nobody may wait for it any longer.</summary>
    internal void OnDeath()
    {
        bool expected;
        using (_lock.Enter())
        {
            expected = _killed;
            _isDead = true;
            if (_isEnding)
            {
                _monitor.CountEnding(-1);
            }
        }

        foreach (StubThread thread in Threads())
        {
            _monitor.Forget(thread);
            thread.OnProcessDeath();
        }

        // One that we ended ourselves may still look like its task's while execve exchanges it.
        if (!expected)
        {
            Died?.Invoke();
        }
    }

    internal StubThread[] Threads()
    {
        using (_lock.Enter())
        {
            return [.. _threads];
        }
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        foreach (StubThread thread in Threads())
        {
            thread.Dispose();
        }

        foreach (StubThread thread in _failed)
        {
            thread.Dispose();
        }

        if (_pidFd >= 0)
        {
            HostFile.Close(_pidFd);
        }

        CallSites?.Release();
        Family.Release();
    }

    private void RemoveThread(StubThread thread)
    {
        using (_lock.Enter())
        {
            _threads.Remove(thread);
            // The slot stays taken, since the area may still be mapped in the stub; and the area lives on,
            // since the monitor may just be telling its driver that the process has died.
            _failed.Add(thread);
        }

        _monitor.Forget(thread);
        thread.Area.CloseFd();
    }

    // Nobody is there to be killed yet: who still comes is a stranger, and its driver need not wait.
    private void CancelBirth()
    {
        foreach (StubThread thread in Threads())
        {
            if (Family.CancelClone(thread))
            {
                thread.OnProcessDeath();
            }
        }
    }

    // A process that never came to be.
    private void Abandon() => Release();
}
