// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.FileSystems.Erofs;

/// <summary>Decodes LZ4 blocks (lz4_Block_format.md) that may be hostile.</summary>
internal static class Lz4
{
    private const int MinimumMatch = 4;
    private const int LongLength = 15;

    /// <summary>Decodes until the target is full or the source ends.</summary>
    /// <returns>How many bytes were made; -1 when the source is no LZ4.</returns>
    internal static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int at = 0;
        int made = 0;
        while (at < source.Length)
        {
            int token = source[at++];
            int literals = token >> 4;
            if (literals == LongLength && !TryLength(source, ref at, ref literals))
            {
                return -1;
            }

            int copied = Math.Min(literals, target.Length - made);
            if (copied > source.Length - at)
            {
                return -1;
            }

            source.Slice(at, copied).CopyTo(target[made..]);
            at += copied;
            made += copied;
            if (made == target.Length || at == source.Length)
            {
                return made;
            }

            if (source.Length - at < 2)
            {
                return -1;
            }

            int distance = source[at] | (source[at + 1] << 8);
            at += 2;
            int length = token & LongLength;
            if (length == LongLength && !TryLength(source, ref at, ref length))
            {
                return -1;
            }

            length = Math.Min(length + MinimumMatch, target.Length - made);
            if (distance == 0 || distance > made)
            {
                return -1;
            }

            Repeat(target, made, distance, length);
            made += length;
            if (made == target.Length)
            {
                return made;
            }
        }

        return made;
    }

    /// <summary>Copies what was made before, which may reach into what is being made.</summary>
    private static void Repeat(Span<byte> target, int made, int distance, int length)
    {
        int from = made - distance;
        while (length > 0)
        {
            // What is there twice as far each time.
            int part = Math.Min(length, made - from);
            target.Slice(from, part).CopyTo(target[made..]);
            made += part;
            length -= part;
        }
    }

    private static bool TryLength(ReadOnlySpan<byte> source, ref int at, ref int length)
    {
        int more;
        do
        {
            // A sum of bytes of the source: at most 255 times its length, which fits.
            if (at >= source.Length || length > int.MaxValue - 512)
            {
                return false;
            }

            more = source[at++];
            length += more;
        }
        while (more == byte.MaxValue);
        return true;
    }
}
