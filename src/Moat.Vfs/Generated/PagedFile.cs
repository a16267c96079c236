// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>
/// A read-only generated file of any length: no more of it than a page is kept, so that what comes later may
/// be younger than what came first.
/// </summary>
public sealed class PagedFile(FileSystem fileSystem, Func<IPages> begin, uint permissions = 0x124)
    : GeneratedInode(fileSystem, FileType.Regular, permissions)
{
    internal IPages Begin() => begin();

    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        change.Valid == AttributeChange.Fields.Size ? Errno.Success : Errno.EPERM;

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        new PagedOpenFile(this, location, flags);
}
