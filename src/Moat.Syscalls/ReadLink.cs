// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>readlink(2).</summary>
public static class ReadLink
{
    /// <summary>readlink(2).</summary>
    [Syscall("readlink")]
    public static SysResult Read(Task task, GuestString path, GuestBuffer buffer, int size) =>
        ReadAt(task, -100, path, buffer, size);

    /// <summary>readlinkat(2); an empty path reads a link opened with O_PATH.</summary>
    [Syscall("readlinkat")]
    public static SysResult ReadAt(Task task, int directory, GuestString path, GuestBuffer buffer, int size)
    {
        if (size <= 0)
        {
            return Errno.EINVAL;
        }

        Errno error = GuestPath.Read(task, path, out ReadOnlySpan<byte> bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        error = GuestPath.Start(task, directory, bytes, out Location start);
        if (error != Errno.Success)
        {
            return error;
        }

        LookupFlags flags = directory >= 0 ? LookupFlags.EmptyPath : LookupFlags.None;
        if (!PathWalker.Lookup(task, start, bytes, flags).TryGet(out Location location, out error))
        {
            return error;
        }

        if (!location.Inode.IsSymlink)
        {
            return bytes.IsEmpty ? Errno.ENOENT : Errno.EINVAL;
        }

        if (!location.Inode.ReadLink(task).TryGet(out byte[]? target, out error))
        {
            return error;
        }

        ReadOnlySpan<byte> part = target.AsSpan(0, Math.Min(target.Length, size));
        error = task.Memory.Write(buffer.Address, part);
        return error == Errno.Success ? part.Length : error;
    }
}
