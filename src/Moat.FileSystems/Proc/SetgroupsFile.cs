// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/setgroups (user_namespaces(7)).</summary>
internal sealed class SetgroupsFile(ProcContext context, Task task)
    : GeneratedFile(context.FileSystem, 0x1a4)
{
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        writer.Append(task.Credentials.Space.DeniesSetgroups ? "deny\n"u8 : "allow\n"u8);
        return Errno.Success;
    }

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly
            && !caller.Credentials.Has(Capability.SysAdmin, task.Credentials.Space)
            ? Errno.EACCES : base.Open(caller, location, flags);

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> content)
    {
        Errno error = IdMapRules.WriteSetgroups(task.Credentials.Space, content);
        return error == Errno.Success ? content.Length : error;
    }
}
