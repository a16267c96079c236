// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.FileSystems.Cgroups;
using Moat.FileSystems.Processes;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>fork(2), vfork(2), clone(2), clone3(2).</summary>
public static class Clone
{
    private const int MinimumSize = 64;

    /// <summary>fork(2).</summary>
    [Syscall("fork")]
    public static SysResult Fork(Task task) => Do(task, new CloneRequest { ExitSignal = Signal.SIGCHLD });

    /// <summary>vfork(2).</summary>
    [Syscall("vfork")]
    public static SysResult VFork(Task task) => Do(task, new CloneRequest
    {
        Flags = CloneFlags.VFork | CloneFlags.Memory, ExitSignal = Signal.SIGCHLD,
    });

    /// <summary>clone(2).</summary>
    [Syscall("clone")]
    public static SysResult Clone2(
        Task task, CloneFlags flags, ulong stack, GuestPtr<int> parentTid, GuestPtr<int> childTid, ulong tls)
    {
        CloneFlags real = (CloneFlags)((ulong)flags & uint.MaxValue) & ~CloneFlags.ExitSignalMask;
        // clone shares its CLONE_PIDFD result with parent_tid.
        if ((real & CloneFlags.PidFd) != 0
            && (real & (CloneFlags.ParentSetTid | CloneFlags.Thread | CloneFlags.Detached)) != 0)
        {
            return Errno.EINVAL;
        }

        return Do(task, new CloneRequest
        {
            Flags = real,
            ExitSignal = (Signal)(int)(flags & CloneFlags.ExitSignalMask),
            StackPointer = stack,
            ParentTid = parentTid.Address,
            ChildTid = childTid.Address,
            ThreadPointer = tls,
        }, parentTid);
    }

    /// <summary>clone3(2).</summary>
    [Syscall("clone3")]
    public static SysResult Clone3(Task task, [Input("size")] GuestBuffer arguments, ulong size)
    {
        if (size < MinimumSize)
        {
            return Errno.EINVAL;
        }

        if (size > 4096)
        {
            return Errno.E2BIG;
        }

        Span<byte> bytes = stackalloc byte[(int)Math.Max(size, (ulong)Marshal.SizeOf<CloneArguments>())];
        bytes.Clear();
        Errno error = task.Memory.Read(arguments.Address, bytes[..(int)size]);
        if (error != Errno.Success)
        {
            return error;
        }

        if (bytes[Marshal.SizeOf<CloneArguments>()..].ContainsAnyExcept((byte)0))
        {
            return Errno.E2BIG;
        }

        var given = MemoryMarshal.Read<CloneArguments>(bytes);
        int[]? chosen = null;
        error = Check(given, size);
        error = error == Errno.Success ? ReadChosen(task, given, out chosen) : error;
        Cgroup? cgroup = null;
        error = error == Errno.Success ? FindCgroup(task, given, out cgroup) : error;
        return error != Errno.Success ? error : Do(task, new CloneRequest
        {
            Flags = given.Flags,
            ExitSignal = (Signal)(int)given.ExitSignal,
            StackPointer = given.Stack == 0 ? 0 : given.Stack + given.StackSize,
            ParentTid = given.ParentTid,
            ChildTid = given.ChildTid,
            ThreadPointer = given.ThreadPointer,
            ChosenIds = chosen,
            IntoCgroup = cgroup,
        }, new GuestPtr<int>(given.PidFd));
    }

    private static Errno Check(in CloneArguments given, ulong size)
    {
        const ulong Known = 0x3ffffffffUL & ~0xffUL | 0x80;
        bool bad = ((ulong)given.Flags & ~Known) != 0 || given.ExitSignal > 64
            || (given.Flags & CloneFlags.Detached) != 0
            || ((given.Flags & (CloneFlags.Thread | CloneFlags.Parent)) != 0 && given.ExitSignal != 0)
            || (given.Stack == 0) != (given.StackSize == 0)
            || ((given.Flags & CloneFlags.IntoCgroup) != 0
                && (given.Cgroup > int.MaxValue || size < (ulong)Marshal.SizeOf<CloneArguments>()));
        return bad ? Errno.EINVAL : Errno.Success;
    }

    private static Errno FindCgroup(Task task, in CloneArguments given, out Cgroup? cgroup)
    {
        cgroup = null;
        if ((given.Flags & CloneFlags.IntoCgroup) == 0)
        {
            return Errno.Success;
        }

        using FileReference reference = task.Files.BorrowAny((int)given.Cgroup);
        if (reference.File?.Location?.Inode is not CgroupDirectory directory)
        {
            return Errno.EBADF;
        }

        cgroup = directory.Group;
        return cgroup.IsDead ? Errno.ENOENT
            : CgroupDirectory.CheckEnter(task, directory, task.Group.Cgroup);
    }

    private static Errno ReadChosen(Task task, in CloneArguments given, out int[]? chosen)
    {
        chosen = null;
        if (given.SetTidSize > PidNamespace.MaximumLevel || (given.SetTid == 0) != (given.SetTidSize == 0))
        {
            return Errno.EINVAL;
        }

        if (given.SetTidSize == 0)
        {
            return Errno.Success;
        }

        chosen = new int[given.SetTidSize];
        return task.Memory.ReadArray(given.SetTid, chosen.AsSpan());
    }

    private static SysResult Do(Task task, in CloneRequest request, GuestPtr<int> pidFd = default)
    {
        if (request.ExitSignal > Signal.SIGRTMAX)
        {
            return Errno.EINVAL;
        }

        if (request.Has(CloneFlags.PidFd))
        {
            return DoWithPidFd(task, request, pidFd);
        }

        return TaskClone.Clone(task, request).TryGet(out Task? child, out Errno error)
            ? child.NumberIn(task.PidSpace) : error;
    }

    // The descriptor and its place in memory must be sure before there is a child.
    private static SysResult DoWithPidFd(Task task, in CloneRequest request, GuestPtr<int> place)
    {
        FdTable files = task.Files;
        if (!files.Reserve(closeOnExec: true).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        error = place.Write(task.Memory, fd);
        if (error != Errno.Success || !TaskClone.Clone(task, request).TryGet(out Task? child, out error))
        {
            files.CancelReservation(fd);
            return error;
        }

        files.Publish(fd, new PidFile(task, child, request.Has(CloneFlags.Thread), nonBlocking: false));
        return child.NumberIn(task.PidSpace);
    }
}
