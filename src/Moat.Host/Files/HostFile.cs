// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>Calls on open host descriptors.</summary>
public static unsafe class HostFile
{
    private const int DuplicateCloseOnExec = 1030;
    private const int SetDescriptorFlags = 2;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;

    /// <summary>Closes.</summary>
    [HostCall("close", Why = "descriptors the kernel process is done with")]
    public static Errno Close(int fd) => HostCall.Invoke(SyscallNumber.close, (ulong)fd).Error;

    /// <summary>Reads from the descriptor's own position.</summary>
    [HostCall("read", Why = "pipes, terminals, event descriptors of the host")]
    public static Result<int> Read(int fd, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return HostCall.Invoke(SyscallNumber.read, (ulong)fd, (ulong)p, (ulong)buffer.Length).AsInt();
        }
    }

    /// <summary>Writes at the descriptor's own position.</summary>
    [HostCall("write", Why = "pipes, terminals, event descriptors of the host")]
    public static Result<int> Write(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return HostCall.Invoke(SyscallNumber.write, (ulong)fd, (ulong)p, (ulong)buffer.Length).AsInt();
        }
    }

    /// <summary>Reads at an offset.</summary>
    [HostCall("pread64", Why = "files of the host under guest files")]
    public static Result<int> Pread(int fd, Span<byte> buffer, long offset)
    {
        fixed (byte* p = buffer)
        {
            return HostCall.Invoke(
                SyscallNumber.pread64, (ulong)fd, (ulong)p, (ulong)buffer.Length, (ulong)offset).AsInt();
        }
    }

    /// <summary>Writes at an offset.</summary>
    [HostCall("pwrite64", Why = "files of the host under guest files, memory files")]
    public static Result<int> Pwrite(int fd, ReadOnlySpan<byte> buffer, long offset)
    {
        fixed (byte* p = buffer)
        {
            return HostCall.Invoke(
                SyscallNumber.pwrite64, (ulong)fd, (ulong)p, (ulong)buffer.Length, (ulong)offset).AsInt();
        }
    }

    /// <summary>
    /// Duplicates to the lowest free number from <paramref name="minimum"/> on, close-on-exec.
    /// </summary>
    [HostCall("fcntl", Why = "F_DUPFD_CLOEXEC")]
    public static Result<int> Duplicate(int fd, int minimum = 0) =>
        HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd, DuplicateCloseOnExec, (ulong)minimum).AsInt();

    /// <summary>Sets or clears close-on-exec.</summary>
    [HostCall("fcntl", Why = "F_SETFD")]
    public static Errno SetCloseOnExec(int fd, bool on) =>
        HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd, SetDescriptorFlags, on ? 1u : 0u).Error;

    /// <summary>The status flags and access mode (F_GETFL).</summary>
    [HostCall("fcntl", Why = "F_GETFL: access mode of inherited descriptors")]
    public static Result<OpenFlags> GetFlags(int fd)
    {
        SysResult result = HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd, GetStatusFlags);
        return result.IsError ? result.Error : (OpenFlags)(int)result.Raw;
    }

    /// <summary>
    /// Sets the status flags (F_SETFL); O_NONBLOCK is seen by everyone who shares the open file.
    /// </summary>
    [HostCall("fcntl", Why = "F_SETFL on descriptors of our own")]
    public static Errno SetFlags(int fd, OpenFlags flags) =>
        HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd, SetStatusFlags, (ulong)flags).Error;

    /// <summary>Closes all descriptors in a range, or marks them close-on-exec.</summary>
    [HostCall("close_range", Why = "nothing of the caller's is inherited", Stage = HostCallStage.Starting)]
    public static Errno CloseRange(uint first, uint last, bool onlyCloseOnExec = false) =>
        HostCall.Invoke(SyscallNumber.close_range, first, last, onlyCloseOnExec ? 4u : 0u).Error;

    /// <summary>
    /// Moves the descriptor's own position; SEEK_* by number (directories and data/hole searches use it).
    /// </summary>
    [HostCall("lseek", Why = "directory positions, SEEK_DATA and SEEK_HOLE")]
    public static Result<long> Seek(int fd, long offset, int whence)
    {
        SysResult result = HostCall.Invoke(SyscallNumber.lseek, (ulong)fd, (ulong)offset, (ulong)whence);
        return result.IsError ? result.Error : result.Raw;
    }

    /// <summary>ftruncate(2).</summary>
    [HostCall("ftruncate", Why = "sizes of memory files and of files on writable volumes")]
    public static Errno Truncate(int fd, long length) =>
        HostCall.Invoke(SyscallNumber.ftruncate, (ulong)fd, (ulong)length).Error;

    /// <summary>fallocate(2).</summary>
    [HostCall("fallocate", Why = "space and holes in memory files and volumes")]
    public static Errno Allocate(int fd, uint mode, long offset, long length) =>
        HostCall.Invoke(SyscallNumber.fallocate, (ulong)fd, mode, (ulong)offset, (ulong)length).Error;

    /// <summary>fsync(2) or fdatasync(2).</summary>
    [HostCall("fsync", Why = "writable volumes")]
    [HostCall("fdatasync", Why = "writable volumes")]
    public static Errno Sync(int fd, bool onlyData) =>
        HostCall.Invoke(onlyData ? SyscallNumber.fdatasync : SyscallNumber.fsync, (ulong)fd).Error;

    /// <summary>syncfs(2).</summary>
    [HostCall("syncfs", Why = "writable volumes")]
    public static Errno SyncFileSystem(int fd) => HostCall.Invoke(SyscallNumber.syncfs, (ulong)fd).Error;

    /// <summary>fchmod(2).</summary>
    [HostCall("fchmod", Why = "writable volumes")]
    public static Errno ChangeMode(int fd, uint mode) =>
        HostCall.Invoke(SyscallNumber.fchmod, (ulong)fd, mode).Error;

    /// <summary>flock(2): an exclusive lock, or EAGAIN where somebody else has one.</summary>
    [HostCall("flock", Why = "the launcher: one sandbox for each overlay directory")]
    public static Errno TryLock(int fd)
    {
        const ulong exclusiveOrFail = 2 | 4;
        return HostCall.Invoke(SyscallNumber.flock, (ulong)fd, exclusiveOrFail).Error;
    }

    /// <summary>
    /// fstatfs(2) into 15 words: type, bsize, blocks, bfree, bavail, files, ffree, fsid, namelen, frsize,
    /// flags.
    /// </summary>
    [HostCall("fstatfs", Why = "statfs of host files")]
    public static Errno StatFs(int fd, Span<ulong> words)
    {
        if (words.Length < 15)
        {
            return Errno.EINVAL;
        }

        fixed (ulong* p = words)
        {
            return HostCall.Invoke(SyscallNumber.fstatfs, (ulong)fd, (ulong)p).Error;
        }
    }

    /// <summary>A raw ioctl(2) whose argument is a number or a pointer that the caller keeps valid.</summary>
    [HostCall("ioctl", Why = "terminals, seccomp notifications; numbers pinned by the filter")]
    public static SysResult Ioctl(int fd, uint request, ulong argument) =>
        HostCall.Invoke(SyscallNumber.ioctl, (ulong)fd, request, argument);
}
