// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>A symbolic link whose text the kernel makes up (/proc/self, /proc/mounts, /dev/fd).</summary>
public sealed class GeneratedSymlink : GeneratedInode
{
    private readonly Func<Caller, Result<byte[]>> _target;

    /// <summary>A link whose text depends on who asks.</summary>
    public GeneratedSymlink(FileSystem fileSystem, Func<Caller, Result<byte[]>> target)
        : base(fileSystem, FileType.Symlink, 0x1ff) => _target = target;

    /// <summary>A link with constant text.</summary>
    public GeneratedSymlink(FileSystem fileSystem, string target)
        : this(fileSystem, Constant(target))
    {
    }

    public override Result<byte[]> ReadLink(Caller caller) => _target(caller);

    private static Func<Caller, Result<byte[]>> Constant(string target)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(target);
        return _ => bytes;
    }
}
