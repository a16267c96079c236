// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/uid_map, gid_map, projid_map (user_namespaces(7)).</summary>
internal sealed class IdMapFile(ProcContext context, Task task, IdMapKind kind)
    : GeneratedFile(context.FileSystem, 0x1a4)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        UserNamespace space = task.Credentials.Space;
        UserNamespace viewer = caller.Credentials.Space;
        UserNamespace lower = viewer == space && !space.IsInitial ? space.Owner : viewer;
        foreach (IdExtent extent in IdMapRules.Of(kind, space).Extents)
        {
            uint outside = IdMapRules.Of(kind, lower).FromKernel(extent.Kernel);
            writer.Append($"{extent.First,10} {outside,10} {extent.Count,10}\n");
        }

        return Errno.Success;
    }

    public override Result<int> WriteFor(Caller caller, Credentials opener, ReadOnlySpan<byte> content)
    {
        Errno error = IdMapRules.Write(kind, task.Credentials.Space, caller.Credentials, opener, content);
        return error == Errno.Success ? content.Length : error;
    }
}
