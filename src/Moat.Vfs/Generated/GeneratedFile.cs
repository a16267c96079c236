// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>
/// A file whose bytes the kernel makes up when it is read, and that may understand what is written to it.
/// </summary>
public abstract class GeneratedFile(FileSystem fileSystem, uint permissions)
    : GeneratedInode(fileSystem, FileType.Regular, permissions)
{
    /// <summary>Writes the present content; called at the first read and again after a seek to 0.</summary>
    public abstract Errno Generate(Caller caller, ContentWriter writer);

    /// <summary>
    /// Takes a write(2), a private copy of at most 4096 bytes; returns how many bytes it took.
    /// </summary>
    public virtual Result<int> Write(Caller caller, ReadOnlySpan<byte> content) => Errno.EIO;

    /// <summary>The same, for files that ask who opened them.</summary>
    public virtual Result<int> WriteFor(Caller caller, Credentials opener, ReadOnlySpan<byte> content) =>
        Write(caller, content);

    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        change.Valid == AttributeChange.Fields.Size ? Errno.Success : Errno.EPERM;

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        new GeneratedOpenFile(this, location, flags, caller.Credentials);
}
