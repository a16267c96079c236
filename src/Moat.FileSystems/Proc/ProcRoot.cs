// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>The root of procfs: fixed files, and a directory per process.</summary>
internal sealed class ProcRoot(ProcContext context) : DynamicDirectory(context.FileSystem)
{
    internal static Result<byte[]> SelfPath(ProcContext context, Caller caller)
    {
        int id = caller is Task task ? context.Show(task.Group.ProcessId) : 0;
        return id == 0 ? Errno.ENOENT : Encoding.ASCII.GetBytes($"{id}");
    }

    internal static Result<byte[]> ThreadSelfPath(ProcContext context, Caller caller)
    {
        var task = caller as Task;
        int id = task is null ? 0 : context.Show(task.Group.ProcessId);
        return id == 0 || task is null
            ? Errno.ENOENT : Encoding.ASCII.GetBytes($"{id}/task/{context.Show(task.ThreadId)}");
    }

    /// <summary>
    /// Parses a directory name that is a process or thread id: digits without a leading zero.
    /// </summary>
    internal static bool TryParseId(ReadOnlySpan<byte> name, out int id)
    {
        id = 0;
        return name.Length is > 0 and < 10 && name[0] != (byte)'0'
            && int.TryParse(name, System.Globalization.NumberStyles.None, null, out id);
    }

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!TryParseId(name, out int id))
        {
            return Errno.ENOENT;
        }

        id = context.Read(id);
        // A thread's id is found as well, though it is not listed (proc(5)).
        if (context.Kernel.Tree.FindProcess(id) is { } process)
        {
            return process.State == ProcessState.Dead
                ? Errno.ENOENT
                : new ProcessDirectory(context, process.Leader, isThread: false);
        }

        return context.Kernel.Tree.FindTask(id) is { } task
            ? new ProcessDirectory(context, task, isThread: false)
            : Errno.ENOENT;
    }

    // Looking the name up fails before anything asks who may create it.
    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        Errno.ENOENT;

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        Span<byte> name = stackalloc byte[12];
        foreach (ThreadGroup process in context.Kernel.Tree.SnapshotProcesses())
        {
            int id = context.Show(process.ProcessId);
            if (id == 0)
            {
                continue;
            }

            id.TryFormat(name, out int length);
            listing.Add(name[..length], ProcInodes.Of(process.ProcessId, 0), FileType.Directory);
        }

        return Errno.Success;
    }
}
