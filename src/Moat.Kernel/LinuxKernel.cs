// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Kernel.Futex;
using Moat.Kernel.Ipc;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Kernel.Uts;
using Moat.Platform;
using Moat.Vfs;
using Moat.Vfs.Locks;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel;

/// <summary>
/// One application kernel: the root of all its state. There is no ambient context: tasks lead here.
/// </summary>
public sealed class LinuxKernel
{
    private FileSystem? _namespaceFiles;

    /// <summary>A kernel without processes.</summary>
    public LinuxKernel()
    {
        Cgroups = new Cgroups.CgroupTree(this);
        Load = new LoadAverage(this);
        Memory = new MemoryMeter(this);
    }

    /// <summary>Processes, groups and ids.</summary>
    public TaskTree Tree { get; } = new();

    /// <summary>How many CPUs guests see.</summary>
    public int CpuCount { get; init; } = System.Environment.ProcessorCount;

    /// <summary>The initial UTS namespace; the sandbox's configuration names the host.</summary>
    public UtsNamespace Uts { get; init; } = new("moat"u8, "(none)"u8);

    /// <summary>The initial IPC namespace.</summary>
    public IpcNamespace Ipc { get; } = new(UserNamespace.Initial, 4026531839);

    /// <summary>The initial network namespace.</summary>
    public NetNamespace Net { get; } = new(UserNamespace.Initial, 4026531833);

    /// <summary>The initial PID namespace.</summary>
    public PidNamespace Pids => Tree.Pids;

    /// <summary>The initial cgroup namespace.</summary>
    public CgroupNamespace Cgroup { get; } = new(UserNamespace.Initial, null, 4026531835);

    /// <summary>The initial time namespace.</summary>
    public TimeNamespace Time { get; } = new();

    /// <summary>The file system of namespaces' files (nsfs); made when first asked for.</summary>
    public FileSystem? NamespaceFiles => Volatile.Read(ref _namespaceFiles);

    /// <summary>Sets <see cref="NamespaceFiles"/>, once.</summary>
    public void TrySetNamespaceFiles(FileSystem files) =>
        Interlocked.CompareExchange(ref _namespaceFiles, files, null);

    /// <summary>Who waits on which futex.</summary>
    public FutexTable Futexes { get; } = new();

    /// <summary>Priority-inheritance futexes that someone waits for, and changes of futex words.</summary>
    internal PiTable PiFutexes { get; } = new();

    /// <summary>Who waits for whose record locks.</summary>
    public LockWaits LockWaits { get; } = new();

    /// <summary>Everything that happens at a point in time.</summary>
    public TimerQueue Timers { get; } = new();

    /// <summary>Work noticed where it cannot be done.</summary>
    public Async.DeferredQueue Deferred { get; } = new();

    /// <summary>Files on their way through local sockets.</summary>
    public Net.FilesInFlight FilesInFlight { get; } = new();

    /// <summary>Room for io_uring.</summary>
    public Async.RingLimits RingLimits { get; } = new();

    /// <summary>Room for AIO requests.</summary>
    public Aio.AioLimits AioLimits { get; } = new();

    /// <summary>Keys and keyrings.</summary>
    public Keys.KeyTable Keys { get; } = new();

    /// <summary>Where core files go.</summary>
    public Dumping.CoreSettings Cores { get; } = new();

    /// <summary>Room for seccomp filters.</summary>
    public Seccomp.SeccompBudget SeccompBudget { get; } = new();

    /// <summary>Makes stub processes.</summary>
    public required StubSpawner Stubs { get; init; }

    /// <summary>Serves system calls; it lives above the kernel.</summary>
    public required ISyscallHandler Syscalls { get; init; }

    /// <summary>Control groups.</summary>
    public Cgroups.CgroupTree Cgroups { get; }

    /// <summary>What the host says of stubs; null where nobody asks it.</summary>
    public IHostFigures? HostFigures { get; init; }

    /// <summary>How many tasks wanted to run lately.</summary>
    public LoadAverage Load { get; }

    /// <summary>How much memory the sandbox uses.</summary>
    public MemoryMeter Memory { get; }

    /// <summary>Threads that run tasks.</summary>
    internal TaskThreadPool Threads { get; } = new();

    /// <summary>
    /// Called with what went wrong when a handler threw: a bug of ours. The process dies, the sandbox lives.
    /// </summary>
    public Action<Tasks.Task, Exception>? TaskFailed { get; set; }
}
