// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Tmpfs;

/// <summary>An open regular file in memory.</summary>
internal sealed class TmpfsOpenFile(TmpfsFile file, Location location, OpenFlags flags)
    : SeekableFile(location, flags, file)
{
    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) =>
        file.Read(buffer, offset);

    public override Result<int> WriteContent(Caller caller, ReadOnlySpan<byte> buffer, long offset)
    {
        DropSetIds(caller);
        return file.Write(caller, buffer, offset);
    }

    public override bool IsMemory => true;

    protected override Result<int> ReadContentTo(CallerBuffers target, int length, long offset) =>
        TmpfsTransfer.Read(file, target, length, offset);

    protected override Result<int> WriteContentFrom(
        Caller caller, CallerBuffers source, int length, long offset)
    {
        DropSetIds(caller);
        return TmpfsTransfer.Write(caller, file, source, length, offset);
    }

    public override Errno Allocate(Caller caller, int mode, long offset, long length) =>
        file.Allocate(caller, mode, offset, length);

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write, bool execute)
    {
        if (execute && !MayExecute)
        {
            return Errno.EPERM;
        }

        if (!file.AcquireMemory().TryGet(out TmpfsMemory? memory, out Errno error))
        {
            return error;
        }

        memory.MappedName ??= MappedNameFor(caller);
        return memory;
    }

    protected override Result<int> Append(Caller caller, ReadOnlySpan<byte> buffer, out long end)
    {
        DropSetIds(caller);
        return file.Append(caller, buffer, out end);
    }

    public override Result<long> SeekData(long offset, int whence) => file.SeekData(offset, whence);

    protected override Result<long> GetSize()
    {
        using (file.Lock.Enter())
        {
            return file.Size;
        }
    }

    private void DropSetIds(Caller caller)
    {
        const uint SetIds = StatMode.SetUid | StatMode.SetGid;
        if (file.GetOwnership(out InodeOwnership ownership) == Errno.Success
            && (ownership.Mode & SetIds) != 0)
        {
            AttributeOperations.DropSetIds(caller, file);
        }
    }
}
