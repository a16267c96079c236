// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Loading;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;
using Resource = Moat.Abi.Resources.Resource;

namespace Moat.Syscalls;

/// <summary>execve(2), execveat(2).</summary>
public static class Execute
{
    private const int CurrentDirectory = -100;

    /// <summary>execve(2).</summary>
    [Syscall("execve")]
    public static SysResult Execve(Task task, GuestString path, ulong arguments, ulong environment) =>
        Execveat(task, CurrentDirectory, path, arguments, environment, AtFlags.None);

    /// <summary>execveat(2).</summary>
    [Syscall("execveat")]
    public static SysResult Execveat(
        Task task, int directory, GuestString path, ulong arguments, ulong environment, AtFlags flags)
    {
        if ((flags & ~(AtFlags.EmptyPath | AtFlags.SymlinkNoFollow)) != 0)
        {
            return Errno.EINVAL;
        }

        Span<byte> buffer = stackalloc byte[PathWalker.MaxPath];
        if (!task.Memory.ReadString(path.Address, buffer).TryGet(out int length, out Errno error))
        {
            return error;
        }

        ReadOnlySpan<byte> name = buffer[..length];
        bool byDescriptor = name.IsEmpty && (flags & AtFlags.EmptyPath) != 0 && directory != CurrentDirectory;
        Result<OpenFile> opened = byDescriptor
            ? OpenDescriptor(task, directory)
            : Find(task, directory, name, flags).TryGet(out Location place, out error)
                ? ExecutableResolver.Open(task, place)
                : error;
        if (!opened.TryGet(out OpenFile? file, out error))
        {
            return error;
        }

        int budget = ArgumentStrings.Limit(task.Group.Limits.Soft(Resource.Stack));
        if (!ArgumentStrings.Read(task.Memory, arguments, ref budget).TryGet(out ArgumentStrings? argv,
            out error)
            || !ArgumentStrings.Read(task.Memory, environment, ref budget).TryGet(out ArgumentStrings? envp,
            out error))
        {
            file.Release();
            return error;
        }

        byte[]? command = byDescriptor ? file.Location?.Dentry.Name : null;
        return TaskExec.Execute(task, file, DisplayName(directory, name), argv, envp, command);
    }

    private static Result<Location> Find(Task task, int directory, ReadOnlySpan<byte> name, AtFlags flags)
    {
        LookupFlags lookup = (flags & AtFlags.SymlinkNoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        Location start = task.FileSystem.WorkingDirectory;
        if (directory != CurrentDirectory && (name.IsEmpty || name[0] != (byte)'/'))
        {
            using FileReference borrowed = task.Files.BorrowAny(directory);
            if (borrowed.File is not { } file)
            {
                return Errno.EBADF;
            }

            if (file.Location is not { } place)
            {
                return name.IsEmpty ? Errno.EACCES : Errno.ENOTDIR;
            }

            start = place;
        }

        if (name.IsEmpty)
        {
            return (flags & AtFlags.EmptyPath) != 0 ? start : Errno.ENOENT;
        }

        return PathWalker.Lookup(task, start, name, lookup, ResolveFlags.None);
    }

    // The file itself, or for one without a name (a memfd) the open file if it can be read.
    private static Result<OpenFile> OpenDescriptor(Task task, int fd)
    {
        using FileReference borrowed = task.Files.BorrowAny(fd);
        if (borrowed.File is not { } file)
        {
            return Errno.EBADF;
        }

        if (file.Location is { } place)
        {
            return ExecutableResolver.Open(task, place);
        }

        if (!file.CanRead || !file.GetAttributes().TryGet(out InodeAttributes attributes, out _)
            || StatMode.TypeOf(attributes.Mode) != FileType.Regular
            || (attributes.Mode & StatMode.AnyExecute) == 0)
        {
            return Errno.EACCES;
        }

        file.AddReference();
        return file;
    }

    // What AT_EXECFN and a script's interpreter see of a descriptor (fs/exec.c, alloc_bprm).
    private static byte[] DisplayName(int directory, ReadOnlySpan<byte> name)
    {
        if (directory == CurrentDirectory || (name.Length > 0 && name[0] == (byte)'/'))
        {
            return name.ToArray();
        }

        string prefix = $"/dev/fd/{directory}";
        byte[] head = System.Text.Encoding.ASCII.GetBytes(name.IsEmpty ? prefix : prefix + "/");
        return [.. head, .. name];
    }
}
