// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Futex;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Kernel.Uts;

namespace Moat.Kernel;

/// <summary>One application kernel: the root of all its state. There is no ambient context: tasks lead here.</summary>
public sealed class LinuxKernel
{
    /// <summary>Processes, groups and ids.</summary>
    public TaskTree Tree { get; } = new();

    /// <summary>How many CPUs guests see.</summary>
    public int CpuCount { get; init; } = System.Environment.ProcessorCount;

    /// <summary>The initial UTS namespace; the sandbox's configuration names the host.</summary>
    public UtsNamespace Uts { get; init; } = new("moat"u8, "(none)"u8);

    /// <summary>The initial IPC namespace.</summary>
    public IpcNamespace Ipc { get; } = new();

    /// <summary>Who waits on which futex.</summary>
    public FutexTable Futexes { get; } = new();

    /// <summary>Everything that happens at a point in time.</summary>
    public TimerQueue Timers { get; } = new();
}
