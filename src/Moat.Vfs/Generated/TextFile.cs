// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;

namespace Moat.Vfs.Generated;

/// <summary>A read-only generated file made by a delegate, or with constant content.</summary>
public sealed class TextFile : GeneratedFile
{
    private readonly Action<Caller, ContentWriter> _generate;

    /// <summary>Content from a delegate that cannot fail.</summary>
    public TextFile(FileSystem fileSystem, Action<Caller, ContentWriter> generate, uint permissions = 0x124)
        : base(fileSystem, permissions) => _generate = generate;

    /// <summary>Constant content.</summary>
    public TextFile(FileSystem fileSystem, string content, uint permissions = 0x124)
        : this(fileSystem, (_, writer) => writer.Append(content), permissions)
    {
    }

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        _generate(caller, writer);
        return Errno.Success;
    }
}
