// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.IO;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>The literals of a block (RFC 8878, 3.1.1.3.1).</summary>
/// <remarks>Keeps the last table: a later block may use it again.</remarks>
internal sealed class Literals
{
    private const int Most = 128 * 1024;
    private readonly byte[] _bytes = new byte[Most];
    private HuffmanTable? _table;

    /// <summary>A new frame begins.</summary>
    internal void Clear() => _table = null;

    /// <summary>Reads them; the span goes on behind them.</summary>
    internal ReadOnlySpan<byte> Read(ref ReadOnlySpan<byte> block)
    {
        int kind = block.IsEmpty ? throw Damaged() : block[0] & 3;
        int format = (block[0] >> 2) & 3;
        return kind < 2 ? ReadPlain(ref block, kind == 1, format) : ReadPacked(ref block, kind == 2, format);
    }

    private ReadOnlySpan<byte> ReadPlain(ref ReadOnlySpan<byte> block, bool isRepeated, int format)
    {
        int headerSize = format switch { 1 => 2, 3 => 3, _ => 1 };
        int header = (int)Number(block, headerSize);
        int size = header >> (headerSize == 1 ? 3 : 4);
        block = block[headerSize..];
        int stored = isRepeated ? 1 : size;
        if (size > Most || stored > block.Length)
        {
            throw Damaged();
        }

        Span<byte> target = _bytes.AsSpan(0, size);
        if (isRepeated)
        {
            target.Fill(block[0]);
        }
        else
        {
            block[..size].CopyTo(target);
        }

        block = block[stored..];
        return target;
    }

    private ReadOnlySpan<byte> ReadPacked(ref ReadOnlySpan<byte> block, bool hasTable, int format)
    {
        int headerSize = format switch { 2 => 4, 3 => 5, _ => 3 };
        int bits = format switch { 2 => 14, 3 => 18, _ => 10 };
        ulong header = Number(block, headerSize);
        int size = (int)((header >> 4) & ((1UL << bits) - 1));
        int packed = (int)((header >> (4 + bits)) & ((1UL << bits) - 1));
        block = block[headerSize..];
        if (size > Most || packed > block.Length)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> source = block[..packed];
        block = block[packed..];
        if (hasTable)
        {
            _table = HuffmanTable.Read(ref source);
        }

        HuffmanTable table = _table ?? throw Damaged();
        Span<byte> target = _bytes.AsSpan(0, size);
        if (format == 0)
        {
            table.Decode(source, target);
        }
        else
        {
            DecodeFour(table, source, target);
        }

        return target;
    }

    private static void DecodeFour(HuffmanTable table, ReadOnlySpan<byte> source, Span<byte> target)
    {
        const int Jumps = 6;
        if (source.Length < Jumps)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> jumps = source[..Jumps];
        source = source[Jumps..];
        int part = (target.Length + 3) / 4;
        if (part * 3 > target.Length)
        {
            throw Damaged();
        }

        for (int i = 0; i < 3; i++)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(jumps[(i * 2)..]);
            if (length > source.Length)
            {
                throw Damaged();
            }

            table.Decode(source[..length], target[..part]);
            source = source[length..];
            target = target[part..];
        }

        table.Decode(source, target);
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, int size)
    {
        ulong value = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | (i < bytes.Length ? bytes[i] : throw Damaged());
        }

        return value;
    }

    private static InvalidDataException Damaged() => new("zstd: literals are damaged");
}
