// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>
/// Calls that look a name up below an open host directory. Names are bytes without a terminating zero.
/// </summary>
/// <remarks>The confined kernel process always passes a directory descriptor; its root is empty.</remarks>
public static unsafe class HostPath
{
    /// <summary>AT_FDCWD.</summary>
    public const int CurrentDirectory = -100;

    /// <summary>AT_EMPTY_PATH: the descriptor itself.</summary>
    public const uint EmptyPath = 0x1000;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    public const uint NoFollow = 0x100;

    /// <summary>AT_REMOVEDIR, for <see cref="Unlink"/>.</summary>
    public const uint RemoveDirectory = 0x200;

    private const int MaximumPath = 4095;

    /// <summary>Opens with openat2(2).</summary>
    [HostCall("openat2", Why = "host files below a directory that was handed over")]
    public static Result<int> Open(
        int directory, ReadOnlySpan<byte> path, OpenFlags flags, uint mode = 0, OpenResolve resolve =
            OpenResolve.None)
    {
        if (path.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* name = stackalloc byte[path.Length + 1];
        ulong* how = stackalloc ulong[] { (ulong)flags, mode, (ulong)resolve };
        return HostCall.Invoke(
            SyscallNumber.openat2, (ulong)directory, Copy(path, name), (ulong)how, 24).AsInt();
    }

    /// <summary>
    /// Attributes of a name, or of the descriptor with an empty name and <see cref="EmptyPath"/>.
    /// </summary>
    [HostCall("statx", Why = "attributes of host files")]
    public static Errno Stat(
        int directory, ReadOnlySpan<byte> path, uint flags, out HostStatx stat, uint mask =
            HostStatx.BasicStats)
    {
        stat = default;
        if (path.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* name = stackalloc byte[path.Length + 1];
        fixed (HostStatx* p = &stat)
        {
            return HostCall.Invoke(
                SyscallNumber.statx, (ulong)directory, Copy(path, name), flags, mask, (ulong)p).Error;
        }
    }

    /// <summary>
    /// The target of a symbolic link; an empty name means the descriptor itself (opened O_PATH).
    /// </summary>
    [HostCall("readlinkat", Why = "symbolic links of host files")]
    public static Result<int> ReadLink(int directory, ReadOnlySpan<byte> path, Span<byte> target)
    {
        if (path.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* name = stackalloc byte[path.Length + 1];
        fixed (byte* p = target)
        {
            return HostCall.Invoke(
                SyscallNumber.readlinkat, (ulong)directory, Copy(path, name), (ulong)p,
                    (ulong)target.Length).AsInt();
        }
    }

    /// <summary>Raw struct linux_dirent64 records; 0 at the end.</summary>
    [HostCall("getdents64", Why = "listing host directories")]
    public static Result<int> ReadDirectory(int directory, Span<byte> records)
    {
        fixed (byte* p = records)
        {
            return HostCall.Invoke(
                SyscallNumber.getdents64, (ulong)directory, (ulong)p, (ulong)records.Length).AsInt();
        }
    }

    /// <summary>mkdirat(2).</summary>
    [HostCall("mkdirat", Why = "writable volumes")]
    public static Errno MakeDirectory(int directory, ReadOnlySpan<byte> path, uint mode) =>
        WithName(SyscallNumber.mkdirat, directory, path, mode, 0);

    /// <summary>mknodat(2), for FIFOs, sockets and whiteouts.</summary>
    [HostCall("mknodat", Why = "FIFOs and sockets on writable volumes, whiteouts")]
    public static Errno MakeNode(int directory, ReadOnlySpan<byte> path, uint mode, ulong device) =>
        WithName(SyscallNumber.mknodat, directory, path, mode, device);

    /// <summary>unlinkat(2).</summary>
    [HostCall("unlinkat", Why = "writable volumes")]
    public static Errno Unlink(int directory, ReadOnlySpan<byte> path, uint flags) =>
        WithName(SyscallNumber.unlinkat, directory, path, flags, 0);

    /// <summary>fchmodat2(2): ENOSYS before Linux 6.6.</summary>
    [HostCall("fchmodat2", Why = "writable volumes")]
    public static Errno ChangeMode(int directory, ReadOnlySpan<byte> path, uint mode, uint flags) =>
        WithName(SyscallNumber.fchmodat2, directory, path, mode, flags);

    /// <summary>renameat2(2).</summary>
    [HostCall("renameat2", Why = "writable volumes")]
    public static Errno Rename(
        int oldDirectory, ReadOnlySpan<byte> oldPath, int newDirectory, ReadOnlySpan<byte> newPath,
            uint flags) =>
        WithNames(SyscallNumber.renameat2, oldDirectory, oldPath, newDirectory, newPath, flags);

    /// <summary>linkat(2).</summary>
    [HostCall("linkat", Why = "writable volumes")]
    public static Errno Link(
        int oldDirectory, ReadOnlySpan<byte> oldPath, int newDirectory, ReadOnlySpan<byte> newPath,
            uint flags) =>
        WithNames(SyscallNumber.linkat, oldDirectory, oldPath, newDirectory, newPath, flags);

    /// <summary>symlinkat(2).</summary>
    [HostCall("symlinkat", Why = "writable volumes")]
    public static Errno Symlink(ReadOnlySpan<byte> target, int directory, ReadOnlySpan<byte> path)
    {
        if (path.Length > MaximumPath || target.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* first = stackalloc byte[target.Length + 1];
        byte* second = stackalloc byte[path.Length + 1];
        return HostCall.Invoke(
            SyscallNumber.symlinkat, Copy(target, first), (ulong)directory, Copy(path, second)).Error;
    }

    /// <summary>fchownat(2); uint.MaxValue leaves an id as it is.</summary>
    [HostCall("fchownat", Why = "owners on writable volumes")]
    public static Errno ChangeOwner(int directory, ReadOnlySpan<byte> path, uint uid, uint gid, uint flags)
    {
        if (path.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* name = stackalloc byte[path.Length + 1];
        return HostCall.Invoke(
            SyscallNumber.fchownat, (ulong)directory, Copy(path, name), uid, gid, flags).Error;
    }

    /// <summary>
    /// utimensat(2) with access and modification time (UTIME_NOW, UTIME_OMIT as nanoseconds).
    /// </summary>
    [HostCall("utimensat", Why = "times on writable volumes")]
    public static Errno SetTimes(
        int directory, ReadOnlySpan<byte> path, Timespec access, Timespec modify, uint flags)
    {
        if (path.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* name = stackalloc byte[path.Length + 1];
        Timespec* times = stackalloc Timespec[] { access, modify };
        // With a null path the descriptor itself is meant, where an empty one needs AT_EMPTY_PATH (5.8).
        ulong pointer = path.IsEmpty ? 0 : Copy(path, name);
        return HostCall.Invoke(
            SyscallNumber.utimensat, (ulong)directory, pointer, (ulong)times, path.IsEmpty ? 0 : flags).Error;
    }

    private static Errno WithName(SyscallNumber number, int directory, ReadOnlySpan<byte> path, ulong a2,
        ulong a3)
    {
        if (path.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* name = stackalloc byte[path.Length + 1];
        return HostCall.Invoke(number, (ulong)directory, Copy(path, name), a2, a3).Error;
    }

    private static Errno WithNames(
        SyscallNumber number, int directory1, ReadOnlySpan<byte> path1, int directory2,
            ReadOnlySpan<byte> path2,
        uint flags)
    {
        if (path1.Length > MaximumPath || path2.Length > MaximumPath)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* first = stackalloc byte[path1.Length + 1];
        byte* second = stackalloc byte[path2.Length + 1];
        return HostCall.Invoke(
            number, (ulong)directory1, Copy(path1, first), (ulong)directory2, Copy(path2, second),
                flags).Error;
    }

    private static ulong Copy(ReadOnlySpan<byte> path, byte* buffer)
    {
        path.CopyTo(new Span<byte>(buffer, path.Length));
        buffer[path.Length] = 0;
        return (ulong)buffer;
    }
}
