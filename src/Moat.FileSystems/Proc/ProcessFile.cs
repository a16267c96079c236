// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Proc;

/// <summary>A generated file about one task.</summary>
/// <param name="context">The procfs instance.</param>
/// <param name="task">Whom it is about.</param>
/// <param name="permissions">Permission bits.</param>
/// <param name="isPrivate">Only those who may inspect the task read it (ptrace access mode).</param>
/// <param name="generate">Writes the text.</param>
/// <param name="write">Takes what is written, or null for a read-only file.</param>
internal sealed class ProcessFile(
    ProcContext context, Task task, uint permissions, bool isPrivate,
    Action<ProcContext, Task, ContentWriter> generate, Func<Task, byte[], Errno>? write = null)
    : GeneratedFile(context.FileSystem, permissions)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => OwnerOf(task);

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        if (task.Group.State == ProcessState.Dead)
        {
            return Errno.ESRCH;
        }

        if (isPrivate && !TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        generate(context, task, writer);
        return Errno.Success;
    }

    // As mm_access of the files of a process's memory: at open, whatever the mode says.
    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        isPrivate && task.Group.State != ProcessState.Dead && !TaskAccess.MayInspect((Task)caller, task)
            ? Errno.EACCES : base.Open(caller, location, flags);

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> content)
    {
        if (write is null)
        {
            return Errno.EIO;
        }

        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        Errno error = write(task, content.ToArray());
        return error == Errno.Success ? content.Length : error;
    }

    /// <summary>Who owns a task's files: the task, or root when it is not to be looked into.</summary>
    internal static (uint Uid, uint Gid) OwnerOf(Task task) =>
        task.Group.IsDumpable ? (task.Credentials.EffectiveUid, task.Credentials.EffectiveGid)
            : (Mapped(task.Credentials.Space.RootUid), Mapped(task.Credentials.Space.RootGid));

    private static uint Mapped(uint id) => id == IdMap.Invalid ? 0 : id;
}
