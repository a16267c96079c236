// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID, or /proc/PID/task/TID.</summary>
internal sealed class ProcessDirectory : DynamicDirectory
{
    private readonly ProcContext _context;
    private readonly Task _task;
    private readonly bool _isThread;

    internal ProcessDirectory(ProcContext context, Task task, bool isThread)
        : base(context.FileSystem)
    {
        _context = context;
        _task = task;
        _isThread = isThread;
        Number = ProcInodes.Of(task.ThreadId, isThread ? 1 : 0);
    }

    /// <summary>The process, if this is a process's and not a thread's.</summary>
    internal ThreadGroup? Process => _isThread ? null : _task.Group;

    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(_task);

    protected override uint LinkCount => _isThread ? 7u : 9u;

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        if (_task.Group.State == ProcessState.Dead)
        {
            return Errno.ENOENT;
        }

        foreach (ProcessEntry entry in ProcessEntries.All)
        {
            if (name.SequenceEqual(entry.Name) && entry.IsIn(_isThread))
            {
                return entry.Make(_context, _task, _isThread);
            }
        }

        return Errno.ENOENT;
    }

    // Looking the name up fails before anything asks who may create it.
    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        Errno.ENOENT;

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        if (_task.Group.State == ProcessState.Dead)
        {
            return Errno.ENOENT;
        }

        int file = 2;
        foreach (ProcessEntry entry in ProcessEntries.All)
        {
            file++;
            if (entry.IsIn(_isThread))
            {
                listing.Add(entry.Name, ProcInodes.Of(_task.ThreadId, file), entry.Type);
            }
        }

        return Errno.Success;
    }
}
