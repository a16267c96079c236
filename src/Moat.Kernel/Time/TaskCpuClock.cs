// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi.Time;
using Moat.Host.Clocks;
using Moat.Host.Processes;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>
/// The CPU time of one guest thread: what its stub thread used is user time, what its task thread used system
/// time.
/// </summary>
/// <remarks>
/// The host tells other processes a process's CPU time, but not a thread's. So a thread that was always alone
/// in its process has the stub's time; one among others asks its own stub thread, and others see what it last
/// heard. Invariants: system time is frozen when the task ends.
/// </remarks>
public sealed class TaskCpuClock
{
    private readonly Task _task;
    private int _hostThread;
    private long _systemBaseNs;
    private long _systemFrozenNs = -1;
    private long _lastUserNs;

    internal TaskCpuClock(Task task) => _task = task;

    /// <summary>CPU time so far. Callable from any thread.</summary>
    public CpuTimes Read() => new(UserNs(), SystemNs());

    /// <summary>CPU time so far, exact; called by the task itself.</summary>
    public CpuTimes ReadOwn()
    {
        if (!IsAlone)
        {
            // The stub's answer passes through memory that the guest can write: no more than its process has
            // used.
            long own = Math.Min(_task.Stub.ReadCpuNs(), ProcessCpu.StubNs(_task.Group));
            Volatile.Write(ref _lastUserNs, Math.Max(own, 0));
        }

        return Read();
    }

    /// <summary>The task begins on the calling thread.</summary>
    internal void Start()
    {
        _systemBaseNs = HostClock.ReadNs(ClockId.ThreadCpuTime);
        Volatile.Write(ref _hostThread, HostProcess.GetTid());
    }

    /// <summary>The task ends: its thread will run another.</summary>
    internal void Stop() => Volatile.Write(ref _systemFrozenNs, SystemNs());

    // One that has no memory yet has used nothing.
    private bool IsAlone => !_task.Group.HasHadThreads && _task.Mm is { IsShared: false };

    private long UserNs() => IsAlone ? ProcessCpu.StubNs(_task.Group) : Volatile.Read(ref _lastUserNs);

    private long SystemNs()
    {
        long frozen = Volatile.Read(ref _systemFrozenNs);
        int thread = Volatile.Read(ref _hostThread);
        return frozen >= 0 ? frozen
            : thread == 0 ? 0
            : Math.Max(HostClock.ReadNs(HostClock.OfThread(thread)) - _systemBaseNs, 0);
    }
}
