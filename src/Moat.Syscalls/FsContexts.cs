// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mounting;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Mounting;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>fsopen(2), fsconfig(2), fsmount(2), fspick(2): file systems, step by step.</summary>
public static class FsContexts
{
    private const int CurrentDirectory = -100;
    private const int MaximumName = 4096;
    private const int MaximumText = 256;
    private const int MaximumBinary = 1 << 20;

    /// <summary>fsopen(2).</summary>
    [Syscall("fsopen")]
    public static SysResult Open(Task task, GuestString type, FsOpenFlags flags)
    {
        if (!MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        if ((flags & ~FsOpenFlags.CloseOnExec) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = GuestText.Read(task, type, MaximumName, out string? name);
        if (error != Errno.Success || name is null)
        {
            return name is null && error == Errno.Success ? Errno.EFAULT : error;
        }

        if (GuestPath.Vfs(task).FindType(name) is not { } known)
        {
            return Errno.ENODEV;
        }

        var file = new ContextFile(task, known.Begin(task), null);
        return task.Files.Install(file, (flags & FsOpenFlags.CloseOnExec) != 0);
    }

    /// <summary>fspick(2).</summary>
    [Syscall("fspick")]
    public static SysResult Pick(Task task, int directory, GuestString path, FsPickFlags flags)
    {
        if (!MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        if ((flags & ~FsPickFlags.All) != 0)
        {
            return Errno.EINVAL;
        }

        LookupFlags lookup = (flags & FsPickFlags.SymlinkNoFollow) != 0
            ? LookupFlags.None : LookupFlags.Follow;
        lookup |= (flags & FsPickFlags.EmptyPath) != 0 ? LookupFlags.EmptyPath : LookupFlags.None;
        Errno error = GuestPath.Resolve(task, directory, path, lookup, out Location place);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!place.IsMountRoot)
        {
            return Errno.EINVAL;
        }

        FileSystem fileSystem = place.Mount.FileSystem;
        var file = new ContextFile(task, fileSystem.BeginChange(task), fileSystem);
        return task.Files.Install(file, (flags & FsPickFlags.CloseOnExec) != 0);
    }

    /// <summary>fsconfig(2): options one by one, then what is to be done with them.</summary>
    [Syscall("fsconfig")]
    public static SysResult Configure(Task task, int fd, FsConfigCommand command, GuestString key,
        GuestString value, int extra)
    {
        Errno error = fd < 0 ? Errno.EINVAL : CheckArguments(command, key, value, extra);
        if (error != Errno.Success)
        {
            return error;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not ContextFile context)
        {
            return reference.File is null ? Errno.EBADF : Errno.EINVAL;
        }

        switch (command)
        {
            case FsConfigCommand.Create or FsConfigCommand.CreateExclusive:
                return context.Create(task, command == FsConfigCommand.CreateExclusive);
            case FsConfigCommand.Reconfigure:
                bool isWritten = context.FileSystem is { } changed
                    && MountUse.IsWritten(MountUse.Written(task), changed);
                return context.Reconfigure(task, isWritten);
            default:
                error = ReadParameter(task, command, key, value, extra, out FsParameter parameter);
                return error == Errno.Success ? context.Set(task, parameter) : error;
        }
    }

    /// <summary>fsmount(2): a detached mount of what a context has made.</summary>
    [Syscall("fsmount")]
    public static SysResult Mount(Task task, int fd, FsMountFlags flags, MountAttributes attributes)
    {
        if (!MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        // A 32-bit argument in Linux.
        attributes &= (MountAttributes)uint.MaxValue;
        if ((flags & ~FsMountFlags.CloseOnExec) != 0 || (attributes & ~MountAttributes.All) != 0
            || !AttributeFlags.TryTimes(attributes, out MountFlags times))
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not ContextFile context)
        {
            return reference.File is null ? Errno.EBADF : Errno.EINVAL;
        }

        if (context.FileSystem is not { } fileSystem)
        {
            return Errno.EINVAL;
        }

        MountFlags all = AttributeFlags.Of(attributes) | times;
        MountNamespace? space = task.Namespaces.Mounts;
        if (context.MustBeVisible
            && !MountUse.IsVisible(space, new Mount(fileSystem.Root, all, MountSource.Empty)))
        {
            return Errno.EPERM;
        }

        if (!context.Take(task).TryGet(out string? source, out Errno error))
        {
            return error;
        }

        if (MountSource.TryCreate(source) is not { } text)
        {
            return Errno.ENOMEM;
        }

        var mount = new Mount(fileSystem.Root, all, text);
        if (context.MustBeVisible && !MountUse.IsVisible(space, mount))
        {
            return Errno.EPERM;
        }

        error = DetachedTrees.Enter(mount, space?.Owner ?? UserNamespace.Initial);
        return error != Errno.Success ? error
            : task.Files.Install(new DetachedTreeFile(mount), (flags & FsMountFlags.CloseOnExec) != 0);
    }

    private static Errno CheckArguments(FsConfigCommand command, GuestString key, GuestString value,
        int extra)
    {
        bool isGood;
        switch (command)
        {
            case FsConfigCommand.SetFlag:
                isGood = !key.IsNull && value.IsNull && extra == 0;
                break;
            case FsConfigCommand.SetString:
                isGood = !key.IsNull && !value.IsNull && extra == 0;
                break;
            case FsConfigCommand.SetBinary:
                isGood = !key.IsNull && !value.IsNull && extra is > 0 and <= MaximumBinary;
                break;
            case FsConfigCommand.SetPath or FsConfigCommand.SetPathEmpty:
                isGood = !key.IsNull && !value.IsNull && extra is CurrentDirectory or >= 0;
                break;
            case FsConfigCommand.SetFd:
                isGood = !key.IsNull && value.IsNull && extra >= 0;
                break;
            case FsConfigCommand.Create or FsConfigCommand.CreateExclusive or FsConfigCommand.Reconfigure:
                isGood = key.IsNull && value.IsNull && extra == 0;
                break;
            default:
                return Errno.EOPNOTSUPP;
        }

        return isGood ? Errno.Success : Errno.EINVAL;
    }

    private static Errno ReadParameter(Task task, FsConfigCommand command, GuestString key, GuestString value,
        int extra, out FsParameter parameter)
    {
        parameter = default;
        Errno error = GuestText.Read(task, key, MaximumText, out string? name);
        if (error != Errno.Success)
        {
            return error;
        }

        string? text = null;
        switch (command)
        {
            case FsConfigCommand.SetString:
                error = GuestText.Read(task, value, MaximumText, out text);
                break;
            case FsConfigCommand.SetBinary:
                error = CheckReadable(task, value.Address, extra);
                break;
            case FsConfigCommand.SetPath or FsConfigCommand.SetPathEmpty:
                error = GuestPath.Read(task, value, out ReadOnlySpan<byte> path);
                if (error == Errno.Success && path.IsEmpty && command == FsConfigCommand.SetPath)
                {
                    error = Errno.ENOENT;
                }

                break;
            case FsConfigCommand.SetFd:
                using (FileReference reference = task.Files.BorrowAny(extra))
                {
                    error = reference.File is null ? Errno.EBADF : Errno.Success;
                }

                break;
            default:
                break;
        }

        ParameterKind kind = command == FsConfigCommand.SetFlag ? ParameterKind.Flag
            : command == FsConfigCommand.SetString ? ParameterKind.String : ParameterKind.Other;
        parameter = new FsParameter(name!, kind, text ?? "");
        return error;
    }

    // No file system here takes bytes, so that they are looked at and not kept.
    private static Errno CheckReadable(Task task, ulong address, int length)
    {
        Span<byte> page = stackalloc byte[4096];
        Errno error = Errno.Success;
        for (int done = 0; done < length && error == Errno.Success; done += page.Length)
        {
            error = task.Memory.Read(address + (ulong)done, page[..Math.Min(page.Length, length - done)]);
        }

        return error;
    }
}
