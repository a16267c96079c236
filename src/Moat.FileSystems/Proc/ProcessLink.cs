// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/exe, cwd, root.</summary>
internal sealed class ProcessLink(ProcContext context, Task task, Func<Task, Location?> find)
    : MagicLink(context.FileSystem)
{
    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Result<Location> FollowMagicLink(Caller caller)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        return task.Group.State is ProcessState.Running or ProcessState.Stopped && find(task) is { } location
            ? location
            : Errno.ENOENT;
    }
}
