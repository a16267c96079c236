// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Numerics;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>The code of literals (RFC 8878, 4.2).</summary>
internal sealed class HuffmanTable
{
    private const int MostBits = 11;
    private const int MostWeights = 255;
    private readonly byte[] _symbols;
    private readonly byte[] _lengths;
    private readonly int _bits;

    private HuffmanTable(ReadOnlySpan<byte> weights, int bits)
    {
        _bits = bits;
        _symbols = new byte[1 << bits];
        _lengths = new byte[1 << bits];
        int at = 0;
        for (int weight = 1; weight <= bits; weight++)
        {
            for (int symbol = 0; symbol < weights.Length; symbol++)
            {
                if (weights[symbol] == weight)
                {
                    int places = 1 << (weight - 1);
                    _symbols.AsSpan(at, places).Fill((byte)symbol);
                    _lengths.AsSpan(at, places).Fill((byte)(bits + 1 - weight));
                    at += places;
                }
            }
        }
    }

    /// <summary>Reads its description; the span goes on behind it.</summary>
    internal static HuffmanTable Read(ref ReadOnlySpan<byte> source)
    {
        Span<byte> weights = stackalloc byte[MostWeights + 1];
        int header = source.IsEmpty ? throw Damaged() : source[0];
        source = source[1..];
        int count;
        if (header < 128)
        {
            ReadOnlySpan<byte> part = header <= source.Length ? source[..header] : throw Damaged();
            source = source[header..];
            count = ReadWeights(part, weights[..MostWeights]);
        }
        else
        {
            count = header - 127;
            int bytes = (count + 1) / 2;
            if (bytes > source.Length)
            {
                throw Damaged();
            }

            for (int i = 0; i < count; i++)
            {
                weights[i] = (byte)(i % 2 == 0 ? source[i / 2] >> 4 : source[i / 2] & 0xf);
            }

            source = source[bytes..];
        }

        return Complete(weights, count);
    }

    /// <summary>Decodes a stream that makes exactly so many bytes.</summary>
    internal void Decode(ReadOnlySpan<byte> stream, Span<byte> target)
    {
        var bits = new BackwardBits(stream);
        for (int i = 0; i < target.Length; i++)
        {
            uint code = bits.Peek(_bits);
            target[i] = _symbols[code];
            bits.Skip(_lengths[code]);
        }

        if (bits.Left != 0)
        {
            throw Damaged();
        }
    }

    private static HuffmanTable Complete(Span<byte> weights, int count)
    {
        uint sum = 0;
        foreach (byte weight in weights[..count])
        {
            if (weight > MostBits)
            {
                throw Damaged();
            }

            sum += weight == 0 ? 0 : 1u << (weight - 1);
        }

        // The last weight is not written: it makes the sum a power of two.
        int bits = sum == 0 ? throw Damaged() : BitOperations.Log2(sum) + 1;
        uint rest = (1u << bits) - sum;
        if (bits > MostBits || !BitOperations.IsPow2(rest))
        {
            throw Damaged();
        }

        weights[count] = (byte)(BitOperations.Log2(rest) + 1);
        return new HuffmanTable(weights[..(count + 1)], bits);
    }

    /// <summary>Two states in turn, until the bits are used up.</summary>
    private static int ReadWeights(ReadOnlySpan<byte> part, Span<byte> weights)
    {
        const int MostLog = 6;
        FseTable table = FseTable.Read(ref part, MostLog, 16);
        var bits = new BackwardBits(part);
        uint first = bits.Read(table.Log);
        uint second = bits.Read(table.Log);
        int count = 0;
        while (count < weights.Length - 1)
        {
            weights[count++] = table.Symbol(first);
            first = table.Next(first, ref bits);
            if (bits.Left < 0)
            {
                weights[count++] = table.Symbol(second);
                return count;
            }

            (first, second) = (second, first);
        }

        throw Damaged();
    }

    private static InvalidDataException Damaged() => new("zstd: a Huffman table is damaged");
}
