// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/mem: the process's memory, for who may trace it.</summary>
internal sealed class MemoryFile(ProcContext context, Task task)
    : GeneratedInode(context.FileSystem, FileType.Regular, 0x180)
{
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

        TraceMemory.AwaitBirth((Task)caller, task);
        return TaskAccess.MayInspect((Task)caller, task)
            ? new Handle(task, mm, location, flags) : Errno.EACCES;
    }

    /// <summary>An open one: of the memory that the process had then, not what execve gives it.</summary>
    private sealed class Handle(Task task, MemoryContext mm, Location location, OpenFlags flags)
        : InodeFile(location, flags)
    {
        private const int SeekSet = 0;
        private const int SeekCurrent = 1;
        private readonly RankedLock _lock = new(LockRank.FilePosition);
        private long _position;

        public override Result<int> Read(Caller caller, Span<byte> buffer)
        {
            using (_lock.Enter())
            {
                return Moved(ReadAt(caller, buffer, _position));
            }
        }

        public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
        {
            using (_lock.Enter())
            {
                return Moved(WriteAt(caller, buffer, _position));
            }
        }

        public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
        {
            if (IsGone || buffer.IsEmpty)
            {
                return 0;
            }

            int done = TraceMemory.ReadFor((Task)caller, task, (ulong)offset, buffer);
            return done == 0 ? Errno.EIO : done;
        }

        public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset)
        {
            if (IsGone || buffer.IsEmpty)
            {
                return 0;
            }

            int done = TraceMemory.WriteFor((Task)caller, task, (ulong)offset, buffer);
            return done == 0 ? Errno.EIO : done;
        }

        // Addresses go all the way: a position may be negative.
        public override Result<long> Seek(Caller caller, long offset, int whence)
        {
            using (_lock.Enter())
            {
                return whence switch
                {
                    SeekSet => _position = offset,
                    SeekCurrent => _position = unchecked(_position + offset),
                    _ => Errno.EINVAL,
                };
            }
        }

        public override Errno Truncate(Caller caller, long length) => Errno.Success;

        private bool IsGone => task.Mm != mm || task.HasLeft;

        private Result<int> Moved(Result<int> result)
        {
            _position += result.IsOk ? result.Value : 0;
            return result;
        }
    }
}
