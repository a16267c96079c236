// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A device node, FIFO or socket in memory; what opening it means is the VFS's business.</summary>
internal sealed class TmpfsNode : TmpfsInode
{
    internal TmpfsNode(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation)
    {
    }
}
