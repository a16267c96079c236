// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls.Paths;

/// <summary>Path arguments: copied in once, and the places that relative ones begin at.</summary>
internal static class GuestPath
{
    private const int CurrentDirectory = -100;

    // Scratch only: the paths of the call that this thread is in.
    [ThreadStatic]
    private static byte[]? s_first;

    [ThreadStatic]
    private static byte[]? s_second;

    /// <summary>
    /// Copies a path in; EFAULT, ENAMETOOLONG. The bytes stay valid until the next call of this on this
    /// thread.
    /// </summary>
    internal static Errno Read(Task task, GuestString path, out ReadOnlySpan<byte> bytes) =>
        Read(task, path, s_first ??= new byte[PathWalker.MaxPath], out bytes);

    /// <summary>The same for a call's second path.</summary>
    internal static Errno ReadSecond(Task task, GuestString path, out ReadOnlySpan<byte> bytes) =>
        Read(task, path, s_second ??= new byte[PathWalker.MaxPath], out bytes);

    /// <summary>Where a path relative to a descriptor begins; EBADF.</summary>
    internal static Errno Start(Task task, int directory, ReadOnlySpan<byte> path, out Location start)
    {
        if (directory == CurrentDirectory || (!path.IsEmpty && path[0] == '/'))
        {
            start = task.FileSystem.WorkingDirectory;
            return Errno.Success;
        }

        using FileReference reference = task.Files.BorrowAny(directory);
        if (reference.File is not { } file)
        {
            start = default;
            return Errno.EBADF;
        }

        start = Vfs(task).LocationOf(file);
        return Errno.Success;
    }

    /// <summary>Copies a path in and walks it.</summary>
    internal static Errno Resolve(
        Task task, int directory, GuestString path, LookupFlags flags, out Location location)
    {
        location = default;
        Errno error = Read(task, path, out ReadOnlySpan<byte> bytes);
        return error == Errno.Success ? Resolve(task, directory, bytes, flags, out location) : error;
    }

    /// <summary>Walks a path that has been copied in.</summary>
    internal static Errno Resolve(
        Task task, int directory, ReadOnlySpan<byte> path, LookupFlags flags, out Location location)
    {
        location = default;
        Errno error = Start(task, directory, path, out Location start);
        if (error != Errno.Success)
        {
            return error;
        }

        Result<Location> found = PathWalker.Lookup(task, start, path, flags);
        location = found.Value;
        return found.Error;
    }

    /// <summary>Walks a path from the working directory, following links.</summary>
    internal static Errno Resolve(Task task, GuestString path, out Location location) =>
        Resolve(task, CurrentDirectory, path, LookupFlags.Follow, out location);

    /// <summary>AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH as the walk knows them.</summary>
    internal static LookupFlags LookupFlagsOf(AtFlags flags) =>
        ((flags & AtFlags.SymlinkNoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow)
        | ((flags & AtFlags.EmptyPath) != 0 ? LookupFlags.EmptyPath : LookupFlags.None);

    /// <summary>The sandbox's registry of file systems and devices.</summary>
    internal static VirtualFileSystem Vfs(Task task) => task.FileSystem.Root.Mount.FileSystem.Vfs;

    private static Errno Read(Task task, GuestString path, byte[] buffer, out ReadOnlySpan<byte> bytes)
    {
        Result<int> length = task.Memory.ReadString(path.Address, buffer);
        bytes = length.IsOk ? buffer.AsSpan(0, length.Value) : default;
        return length.Error;
    }
}
