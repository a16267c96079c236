// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>
/// /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst): which pages are present or swapped, as a
/// user without privileges sees it.
/// </summary>
internal sealed class PagemapFile(ProcContext context, Task task)
    : GeneratedInode(context.FileSystem, FileType.Regular, 0x100)
{
    private const int EntrySize = sizeof(ulong);

    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        change.Valid == AttributeChange.Fields.Size ? Errno.Success : Errno.EPERM;

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        if (task.Mm is not { } mm || task.Group.State is ProcessState.Zombie or ProcessState.Dead)
        {
            return Errno.ESRCH;
        }

        return TaskAccess.MayInspect((Task)caller, task)
            ? new Handle(context.Facts, task, mm, location, flags) : Errno.EACCES;
    }

    /// <summary>An open one: of the memory that the process had then.</summary>
    private sealed class Handle(
        HostFacts facts, Task task, MemoryContext mm, Location location, OpenFlags flags)
        : InodeFile(location, flags)
    {
        private const ulong Present = 1UL << 63;
        private const ulong Swapped = 1UL << 62;
        private const ulong IsOfFile = 1UL << 61;
        private const ulong Exclusive = 1UL << 56;
        private const ulong SoftDirty = 1UL << 55;
        private const ulong EndOfUserSpace = 0x7ffffffff000;
        private const int MostAtOnce = 32 << 10;
        private readonly RankedLock _lock = new(LockRank.FilePosition);
        private long _position;

        public override Result<int> Read(Caller caller, Span<byte> buffer)
        {
            using (_lock.Enter())
            {
                Result<int> result = ReadAt(caller, buffer, _position);
                _position += result.IsOk ? result.Value : 0;
                return result;
            }
        }

        public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
        {
            if (offset < 0 || offset % EntrySize != 0 || buffer.Length % EntrySize != 0)
            {
                return Errno.EINVAL;
            }

            const long most = (long)(EndOfUserSpace / AddressSpaceLimits.PageSize) * EntrySize;
            if (task.Mm != mm || task.HasLeft || offset >= most)
            {
                return 0;
            }

            buffer = buffer[..(int)Math.Min(Math.Min(buffer.Length, MostAtOnce), most - offset)];
            buffer.Clear();
            Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(buffer);
            ulong first = (ulong)offset / EntrySize * AddressSpaceLimits.PageSize;
            Fill(entries, first);
            return buffer.Length;
        }

        public override Result<long> Seek(Caller caller, long offset, int whence)
        {
            using (_lock.Enter())
            {
                return whence switch
                {
                    0 => _position = offset,
                    1 => _position = unchecked(_position + offset),
                    _ => Errno.EINVAL,
                };
            }
        }

        // What the guest has not mapped is the platform's, or nobody's.
        private void Fill(Span<ulong> entries, ulong first)
        {
            if (!Open().TryGet(out int fd, out _))
            {
                return;
            }

            ulong end = first + ((ulong)entries.Length * AddressSpaceLimits.PageSize);
            foreach (Vma vma in mm.Space.SnapshotRange(first, end))
            {
                ulong from = Math.Max(vma.Start, first);
                int start = (int)((from - first) / AddressSpaceLimits.PageSize);
                int count = (int)((Math.Min(vma.End, end) - from) / AddressSpaceLimits.PageSize);
                Span<ulong> part = entries.Slice(start, count);
                _ = HostFile.Pread(fd, MemoryMarshal.AsBytes(part),
                    (long)(from / AddressSpaceLimits.PageSize * EntrySize));
                foreach (ref ulong entry in part)
                {
                    // Whether others map a page of a file would tell of processes outside.
                    entry &= Present | Swapped | IsOfFile | SoftDirty
                        | ((entry & IsOfFile) == 0 ? Exclusive : 0);
                }
            }

            HostFile.Close(fd);
        }

        private Result<int> Open()
        {
            Span<byte> path = stackalloc byte[32];
            if (facts.ProcDirectory < 0 || !mm.Process.Pid.TryFormat(path, out int length))
            {
                return Errno.ESRCH;
            }

            "/pagemap"u8.CopyTo(path[length..]);
            return HostPath.Open(facts.ProcDirectory, path[..(length + 8)], OpenFlags.CloseOnExec);
        }
    }
}
