// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Erofs;

/// <summary>What the index says of one logical cluster of a compressed file.</summary>
/// <param name="Kind">0 stored, 1 compressed, 2 a further part of the extent before, 3 compressed by the
/// second compressor.</param>
/// <param name="Offset">Where in the cluster an extent begins.</param>
/// <param name="Block">Its first block in the image.</param>
/// <param name="Back">Of a further part: how many clusters back the extent begins.</param>
/// <param name="Blocks">Of the second cluster of an extent: how many blocks the image has of it;
/// or 0.</param>
internal readonly record struct ErofsCluster(int Kind, int Offset, uint Block, int Back, int Blocks)
{
    internal const int Stored = 0;
    internal const int Compressed = 1;
    internal const int Further = 2;

    internal bool IsHead => Kind != Further;
}
