// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>What codes of sequences stand for, and their usual tables (RFC 8878, 3.1.1.3.2).</summary>
internal static class SequenceCodes
{
    internal const int LengthCodes = 36;
    internal const int MatchCodes = 53;
    internal const int OffsetCodes = 32;

    internal static readonly FseTable UsualLengths = new(
        [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
            -1, -1, -1, -1], 6);

    internal static readonly FseTable UsualMatches = new(
        [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1], 6);

    internal static readonly FseTable UsualOffsets = new(
        [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5);

    private static ReadOnlySpan<int> LengthBases =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128,
        256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536,
    ];

    private static ReadOnlySpan<byte> LengthBits =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12,
        13, 14, 15, 16,
    ];

    private static ReadOnlySpan<int> LongMatchBases =>
    [
        35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771,
        65539,
    ];

    private static ReadOnlySpan<byte> LongMatchBits =>
        [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    /// <summary>How many literals come first; the code is below <see cref="LengthCodes"/>.</summary>
    internal static int Length(int code, ref BackwardBits bits) =>
        LengthBases[code] + (int)bits.Read(LengthBits[code]);

    /// <summary>How long the copy is; the code is below <see cref="MatchCodes"/>.</summary>
    internal static int Match(int code, ref BackwardBits bits)
    {
        const int FirstLong = 32;
        return code < FirstLong
            ? code + 3 : LongMatchBases[code - FirstLong] + (int)bits.Read(LongMatchBits[code - FirstLong]);
    }
}
