// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>A file opened with O_PATH: a place, nothing to read.</summary>
public class PathFile(Location location, OpenFlags flags) : InodeFile(location, flags)
{
    public override PollEvents Poll(Caller caller) => PollEvents.Invalid;

    public override Result<int> Read(Caller caller, Span<byte> buffer) => Errno.EBADF;

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) => Errno.EBADF;

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) => Errno.EBADF;

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) => Errno.EBADF;

    public override Result<long> Seek(Caller caller, long offset, int whence) => Errno.EBADF;

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument) => Errno.EBADF;

    public override Errno ReadDirectory(Caller caller, ref DirectoryEntryWriter writer) => Errno.EBADF;

    public override Errno Sync(bool dataOnly) => Errno.EBADF;

    public override Errno Truncate(Caller caller, long length) => Errno.EBADF;

    public override Errno Allocate(Caller caller, int mode, long offset, long length) => Errno.EBADF;

    public override Result<Memory.MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write,
        bool execute) =>
        Errno.EBADF;

    public override Errno SetFlags(OpenFlags flags) => Errno.EBADF;
}
