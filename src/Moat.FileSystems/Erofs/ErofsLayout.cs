// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Erofs;

/// <summary>How the content of an inode is kept.</summary>
internal enum ErofsLayout : byte
{
    /// <summary>Blocks in a row.</summary>
    Plain = 0,

    /// <summary>Compressed, with a full index.</summary>
    CompressedFull = 1,

    /// <summary>Blocks in a row, and the last part right after the inode.</summary>
    Inline = 2,

    /// <summary>Compressed, with a packed index.</summary>
    CompressedCompact = 3,

    /// <summary>Chunks of equal size anywhere.</summary>
    Chunks = 4,
}
