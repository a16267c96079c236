// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Overlay;

/// <summary>An open regular file of an overlay: a layer's open file with the overlay's attributes.</summary>
/// <remarks>
/// Invariants: owns one reference on the layer's file, which keeps the position. A file opened for reading
/// before a copy-up goes on reading the lower file, as on Linux.
/// </remarks>
internal sealed class OverlayFile(Location location, OpenFlags flags, OpenFile backing)
    : InodeFile(location, flags)
{
    public override Result<int> Read(Caller caller, Span<byte> buffer) => backing.Read(caller, buffer);

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) =>
        backing.Write(caller, buffer);

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) =>
        backing.ReadAt(caller, buffer, offset);

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        backing.WriteAt(caller, buffer, offset);

    public override bool IsMemory => backing.IsMemory;

    public override Result<int> ReadTo(Caller caller, CallerBuffers target, int length, long? offset) =>
        backing.ReadTo(caller, target, length, offset);

    public override Result<int> WriteFrom(Caller caller, CallerBuffers source, int length, long? offset) =>
        backing.WriteFrom(caller, source, length, offset);

    public override Result<long> Seek(Caller caller, long offset, int whence) =>
        backing.Seek(caller, offset, whence);

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument) =>
        backing.Ioctl(caller, command, argument);

    public override Errno Sync(bool dataOnly) => backing.Sync(dataOnly);

    public override Errno Sync(Caller caller, bool dataOnly)
    {
        if (Inode is not OverlayInode { Upper: { } upper } inode
            || backing is not InodeFile { Inode: { } source } || source == upper)
        {
            return backing.Sync(caller, dataOnly);
        }

        // Opened before it was copied up: what was written since is in the copy.
        Location location = OverlayContent.PlaceOf(inode.Overlay, upper);
        if (!upper.Open(caller, location, OpenFlags.ReadOnly).TryGet(out OpenFile? copy, out Errno error))
        {
            return error;
        }

        error = copy.Sync(caller, dataOnly);
        copy.Release();
        return error;
    }

    public override Errno Truncate(Caller caller, long length) =>
        length < 0 || !CanWrite ? Errno.EINVAL : AttributeOperations.Truncate(caller, Inode, length);

    public override Errno Allocate(Caller caller, int mode, long offset, long length) =>
        backing.Allocate(caller, mode, offset, length);

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write,
        bool execute) =>
        backing.GetMemoryObject(caller, shared, write, execute);

    public override Errno SetFlags(OpenFlags flags)
    {
        Errno error = backing.SetFlags(flags);
        return error == Errno.Success ? base.SetFlags(flags) : error;
    }

    protected override void Destroy()
    {
        base.Destroy();
        backing.Release();
    }
}
