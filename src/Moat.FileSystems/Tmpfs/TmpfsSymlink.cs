// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A symbolic link in memory.</summary>
internal sealed class TmpfsSymlink : TmpfsInode
{
    private const int LongTarget = 128;

    private readonly byte[] _target;

    internal TmpfsSymlink(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation) => _target = creation.LinkTarget.ToArray();

    protected override long Pages => PagesFor(Type, _target.Length);

    /// <summary>What a symbolic link that is to be made takes; 0 for anything else.</summary>
    internal static long PagesOf(in InodeCreation creation) =>
        PagesFor(creation.Type, creation.LinkTarget.Length);

    internal override long Size => _target.Length;

    public override Result<byte[]> ReadLink(Caller caller) => _target;

    protected override void DropContent() => TryCharge(-Pages);

    // Short ones are part of the inode, as in Linux.
    private static long PagesFor(FileType type, int length) =>
        type == FileType.Symlink && length >= LongTarget ? 1 : 0;
}
