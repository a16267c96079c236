// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A symbolic link in memory.</summary>
internal sealed class TmpfsSymlink : TmpfsInode
{
    private readonly byte[] _target;

    internal TmpfsSymlink(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation) => _target = creation.LinkTarget.ToArray();

    internal override long Size => _target.Length;

    public override Result<byte[]> ReadLink(Caller caller) => _target;
}
