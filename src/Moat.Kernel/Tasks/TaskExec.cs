// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Futex;
using Moat.Kernel.Identity;
using Moat.Kernel.Keys;
using Moat.Kernel.Limits;
using Moat.Kernel.Loading;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Time;
using Moat.Kernel.Tracing;
using Moat.Memory;
using Moat.Platform;
using Moat.Vfs;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Paths;
using Resource = Moat.Abi.Resources.Resource;

namespace Moat.Kernel.Tasks;

/// <summary>execve(2): a new program in a new stub, under the same process id.</summary>
public static class TaskExec
{
    private const int NameBytes = 15;

    /// <summary>ADDR_NO_RANDOMIZE (personality(2)).</summary>
    private const uint NoRandomLayout = 0x0040000;
    private const ulong InitialFlags = 0x202;

    /// <summary>Replaces the calling task's program. On success its registers start the new one.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="file">The program or script, opened and permitted; the reference is taken over.</param>
    /// <param name="path">The path it was named by.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">envp.</param>
    /// <param name="command">The task's new name; null for the last part of the path.</param>
    public static Errno Execute(Task task, OpenFile file, ReadOnlySpan<byte> path, ArgumentStrings arguments,
        ArgumentStrings environment, byte[]? command = null)
    {
        ulong stackLimit = task.Group.Limits.Soft(Resource.Stack);
        Result<PreparedProgram> prepared = ProgramPreparer.Prepare(
            task, ExecutableResolver.Instance, file, path, arguments, environment,
            ArgumentStrings.Limit(stackLimit));
        if (!prepared.TryGet(out PreparedProgram? program, out Errno error))
        {
            return error;
        }

        using (program)
        {
            if (!task.Kernel.Stubs.Take().TryGet(out FreshStub? stub, out error))
            {
                return error;
            }

            // The point of no return.
            int before = task.ThreadId;
            EndOtherThreads(task);
            ExecCredentials credentials = CredentialsFor(task, program);
            MemoryContext mm = NewMemory(task, stub, stackLimit);
            bool hasVdso = EnterTime(task);
            var parameters = new LoadParameters
            {
                Credentials = credentials.Credentials,
                IsSecure = credentials.IsSecure,
                Platform = PlatformVector.ForThisCpu(hasVdso ? stub.Process.VdsoAddress : 0),
                StackLimit = stackLimit,
                Randomize = (task.Personality & NoRandomLayout) == 0,
            };
            Result<LoadedProgram> loaded = ProgramLoader.Load(program, mm.Space, stub.Thread, mm.Memory,
                in parameters);
            LeaveOldMemory(task);
            mm.Owner = IsReadable(task, program) ? credentials.Credentials.Space : UserNamespace.Initial;
            task.SetMemory(mm, stub.Thread);
            Scheduling.HostScheduling.Follow(task);
            task.Group.BorrowsStub = false;
            task.Group.HasHadThreads = false;
            if (!loaded.TryGet(out LoadedProgram start, out error))
            {
                TaskExit.BeginGroupExit(task.Group, (int)Signal.SIGKILL);
                task.KeepRegisters = true;
                return Errno.Success;
            }

            task.ExecutedAs = task.Trace is null ? 0 : before;
            Reset(task, program, credentials, command ?? path);
            task.Registers = new GuestRegisters
            {
                Rip = start.InstructionPointer, Rsp = start.StackPointer, Eflags = InitialFlags,
                Segments = task.Registers.Segments,
            };
            task.KeepRegisters = true;
            return Errno.Success;
        }
    }

    // A new program is in the time namespace that was meant for children. False where that has clocks of its
    // own, which the host's vDSO does not know: the program is not told of it.
    private static bool EnterTime(Task task)
    {
        NamespaceSet changed = task.Namespaces.EnterTime();
        if (changed != task.Namespaces)
        {
            task.SetNamespaces(changed);
        }

        return !changed.Time.IsShifted;
    }

    /// <summary>An empty address space in a fresh stub.</summary>
    internal static MemoryContext NewMemory(Task task, FreshStub stub, ulong stackLimit)
    {
        ulong vdso = stub.Process.VdsoAddress;
        StubSpawner spawner = task.Kernel.Stubs;
        var space = new AddressSpace(
            AddressSpaceLayout.Create(stackLimit, (task.Personality & NoRandomLayout) == 0),
            [
                new ReservedRange(StubLayout.TableBase, StubLayout.TableEnd),
                new ReservedRange(vdso - (ulong)spawner.VdsoDataBytes, vdso, "[vvar]"),
                new ReservedRange(vdso, vdso + (ulong)spawner.VdsoCodeBytes, "[vdso]", true),
            ]);
        return new MemoryContext(space, stub.Process, task.Kernel.Tree);
    }

    private static ExecCredentials CredentialsFor(Task task, PreparedProgram program)
    {
        ExecutableIdentity identity = default;
        if (program.File.GetAttributes().TryGet(out InodeAttributes attributes, out _))
        {
            bool ignores = program.File.Location is not { } place
                || (place.Mount.Flags & MountFlags.NoSetUid) != 0
                || !place.Mount.FileSystem.Owner.IsAbove(task.Credentials.Space)
                || (task.Namespaces.Mounts is { } mounts && place.Mount.Namespace != mounts)
                || task.Trace is { } link
                    && !link.Tracer.Credentials.Has(Capability.SysPtrace, task.Credentials.Space);
            identity = new ExecutableIdentity(attributes.Uid, attributes.Gid, attributes.Mode, ignores);
        }

        bool sharesFs = identity.SetsIds && SharedPlaces.With(task);
        ExecCredentials after = ExecCredentials.ForExec(task.Credentials, identity, sharesFs);
        return IsReadable(task, program) ? after : after with { IsDumpable = false };
    }

    // What may be run but not read cannot be read through the process either (fs/exec.c, would_dump).
    private static bool IsReadable(Task task, PreparedProgram program) =>
        program.File.Location is not { } place
        || Permissions.Check(task.Credentials, place.Inode, Access.Read) == Errno.Success;

    // Only the caller survives; it takes over the process id if another thread was the leader.
    private static void EndOtherThreads(Task task)
    {
        ThreadGroup group = task.Group;
        TaskTree tree = group.Kernel.Tree;
        Task[] others;
        using (tree.Lock.Enter())
        {
            group.ExecSurvivor = task;
            others = [.. group.Tasks];
        }

        foreach (Task other in others)
        {
            if (other != task)
            {
                other.Interrupt();
            }
        }

        while (true)
        {
            using (tree.Lock.Enter())
            {
                if (group.Tasks.Count <= 1 || group.IsExiting)
                {
                    break;
                }
            }

            task.BlockUninterruptibly();
        }

        using (tree.Lock.Enter())
        {
            group.ExecSurvivor = null;
            if (group.Leader != task)
            {
                // Its tracer, if it has one, sees nothing of it any more.
                TraceTable.UnlinkLocked(group.Leader);
                tree.RemoveTaskLocked(group.Leader.ThreadId);
                tree.RemoveTaskLocked(task.ThreadId);
                task.ThreadId = group.ProcessId;
                task.Numbers = group.Numbers;
                group.Leader = task;
                tree.AddTaskLocked(task);
            }
        }
    }

    private static void LeaveOldMemory(Task task)
    {
        if (task.Mm is null)
        {
            // The first program of a process that nobody forked.
            return;
        }

        // What a child has of its parent on its way to a program of its own is not its own use.
        ProcessCpu.KeepStubTime(task.Group, hasMemory: !task.Mm.IsForked);
        RobustList.Release(task, task.Mm.IsShared);
        task.Mm.RemoveProcess();
        task.Mm.RemoveUser(task.Stub, false);
        TaskExit.WakeVforkParent(task);
    }

    private static void Reset(Task task, PreparedProgram program, in ExecCredentials credentials,
        ReadOnlySpan<byte> path)
    {
        ThreadGroup group = task.Group;
        if (task.Files.UserCount > 1)
        {
            FdTable own = task.Files.Clone();
            task.Files.RemoveUser(task);
            task.Files = own;
        }

        task.Files.CloseMarked(task);
        group.Timers.DeleteAll();
        group.Handlers = group.Handlers.Clone(forExec: true, clearHandlers: false);
        group.HasExecuted = true;
        group.ExitSignal = Signal.SIGCHLD;
        group.IsDumpable = credentials.IsDumpable;
        group.Executable = program.File.Location;
        task.Credentials = credentials.Credentials;
        TaskKeyrings.OnExec(task);
        task.AlternateStack = new SignalStack { Flags = SignalStack.SS_DISABLE };
        task.Restart = null;
        if (credentials.IsSecure)
        {
            task.ParentDeathSignal = Signal.None;
        }

        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        task.Name = name[..Math.Min(name.Length, NameBytes)].ToArray();
        LimitEnforcement.ApplyAll(task);
    }
}
