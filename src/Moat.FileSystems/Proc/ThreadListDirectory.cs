// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/task.</summary>
internal sealed class ThreadListDirectory(ProcContext context, ThreadGroup process)
    : DynamicDirectory(context.FileSystem)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(process.Leader);

    protected override uint LinkCount => 2 + (uint)process.Tasks.Count;

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!ProcRoot.TryParseId(name, out int id))
        {
            return Errno.ENOENT;
        }

        id = context.Read(id);
        if (context.Kernel.Tree.FindTask(id) is { } task && task.Group == process)
        {
            return new ProcessDirectory(context, task, isThread: true);
        }

        return id == process.ProcessId && process.State == ProcessState.Zombie
            ? new ProcessDirectory(context, process.Leader, isThread: true)
            : Errno.ENOENT;
    }

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        int[] ids;
        using (context.Kernel.Tree.Lock.Enter())
        {
            ids = new int[process.Tasks.Count];
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = process.Tasks[i].ThreadId;
            }
        }

        Array.Sort(ids);
        Span<byte> name = stackalloc byte[12];
        foreach (int id in ids)
        {
            int shown = context.Show(id);
            if (shown == 0)
            {
                continue;
            }

            shown.TryFormat(name, out int length);
            listing.Add(name[..length], ProcInodes.Of(id, 1), FileType.Directory);
        }

        return Errno.Success;
    }
}
