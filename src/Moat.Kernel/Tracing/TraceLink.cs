// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Tracing;

/// <summary>One traced task and who traces it (ptrace(2)), from attach to detach or reaping.</summary>
/// <remarks>
/// Locks: <see cref="Lock"/> is held by a tracer while it works on a stopped tracee, which leaves its stop
/// under it; the tree lock guards what has no other word.
/// </remarks>
public sealed class TraceLink
{
    internal TraceLink(Task tracee, Task tracer, bool isSeized, PtraceOptions options)
    {
        Tracee = tracee;
        Tracer = tracer;
        IsSeized = isSeized;
        Options = options;
    }

    internal RankedLock Lock { get; } = new(LockRank.Tracee);

    public Task Tracee { get; }

    /// <summary>The one thread that may give orders.</summary>
    public Task Tracer { get; }

    /// <summary>PTRACE_SEIZE: stops of other kinds, and no SIGSTOP.</summary>
    public bool IsSeized { get; }

    public PtraceOptions Options { get; set; }

    /// <summary>True while the tracee waits for its tracer.</summary>
    public bool IsStopped { get; internal set; }

    /// <summary>What wait is to report of the stop; 0 once it has.</summary>
    internal int StopCode { get; set; }

    /// <summary>The stop as it was reported.</summary>
    internal int LastCode { get; set; }

    /// <summary>PTRACE_LISTEN: stopped, but not at the tracer's disposal.</summary>
    internal bool IsListening { get; set; }

    /// <summary>The tracer has let it go.</summary>
    internal bool IsResumed { get; set; }

    public TraceResume Mode { get; internal set; }

    /// <summary>The signal that the tracer lets it go with; 0 for none.</summary>
    internal int Injected { get; set; }

    /// <summary>PTRACE_GETEVENTMSG.</summary>
    public ulong Message { get; internal set; }

    /// <summary>PTRACE_GETSIGINFO; null in a group stop of a task that is not seized.</summary>
    public SigInfo? Info { get; set; }

    public CallPhase Phase { get; internal set; }

    /// <summary>It shall stop: PTRACE_INTERRUPT, or a stop that began before it was traced.</summary>
    internal bool WantsStop { get; set; }

    /// <summary>It shall tell of a SIGCONT.</summary>
    internal bool WantsNotice { get; set; }

    /// <summary>The last of its group's stops that it took part in (<see cref="ThreadGroup.StopCount"/>).
    /// </summary>
    internal int SeenStop { get; set; }

    /// <summary>The tracer has written registers: the call's arguments, or its restart, are to be seen anew.
    /// </summary>
    internal bool HasNewRegisters { get; set; }

    /// <summary>It has ended and waits to be reaped by its tracer.</summary>
    internal bool IsZombie { get; set; }

    internal int ZombieStatus { get; set; }

    /// <summary>What the tracer believes to have set.</summary>
    internal ulong[] DebugRegisters { get; } = new ulong[8];

    /// <summary>Reports each system call.</summary>
    internal bool ReportsCalls => Mode is TraceResume.Syscall or TraceResume.Emulate
        or TraceResume.EmulateStep;

    internal bool Steps => Mode is TraceResume.Step or TraceResume.EmulateStep;

    internal bool Has(PtraceOptions option) => (Options & option) != 0;
}
