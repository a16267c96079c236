// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Processes;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/ns/KIND: leads to the file of one of the task's namespaces.</summary>
internal sealed class NamespaceLink(ProcContext context, Task task, Func<Task, GuestNamespace?> find)
    : MagicLink(context.FileSystem)
{
    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Result<Location> FollowMagicLink(Caller caller)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        bool isAlive = task.Group.State is ProcessState.Running or ProcessState.Stopped && !task.HasLeft;
        return isAlive && find(task) is { } space
            ? NamespaceFiles.Of(context.Kernel, context.FileSystem.Vfs).LocationOf(space) : Errno.ENOENT;
    }
}
