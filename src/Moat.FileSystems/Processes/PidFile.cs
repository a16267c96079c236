// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Processes;

/// <summary>A pidfd (pidfd_open(2)): a process or a thread that no reuse of ids can confuse.</summary>
public sealed class PidFile : OpenFile
{
    private readonly InodeAttributes _attributes;

    /// <summary>A handle of a process, or of one thread.</summary>
    public PidFile(Caller caller, Task target, bool isThread, bool nonBlocking)
        : base(OpenFlags.ReadWrite | (nonBlocking ? OpenFlags.NonBlock : 0))
    {
        Process = target.Group;
        Thread = isThread ? target : null;
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    /// <summary>The process.</summary>
    public ThreadGroup Process { get; }

    /// <summary>The thread of PIDFD_THREAD, or null.</summary>
    public Task? Thread { get; }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[pidfd]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue => Process.ExitEvents;

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>Readable once it has ended, hung up once it was waited for.</summary>
    public override PollEvents Poll(Caller caller)
    {
        bool isGone = Process.State == ProcessState.Dead;
        bool hasEnded = isGone || Process.State == ProcessState.Zombie
            || (Thread is not null && !IsAlive(Thread));
        return (hasEnded ? PollEvents.In | PollEvents.ReadNormal : 0) | (isGone ? PollEvents.HangUp : 0);
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
    }

    private static bool IsAlive(Task thread) => thread.Kernel.Tree.FindTask(thread.ThreadId) == thread;
}
