// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Numerics;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>A decoding table of finite state entropy (RFC 8878, 4.1).</summary>
internal sealed class FseTable
{
    private const int MostBits = 9;
    private const int MostSymbols = 64;
    private readonly byte[] _symbols;
    private readonly byte[] _bits;
    private readonly ushort[] _bases;

    /// <summary>A table of probabilities, of which -1 means less than one.</summary>
    internal FseTable(ReadOnlySpan<short> probabilities, int log)
    {
        int size = 1 << log;
        Log = log;
        _symbols = new byte[size];
        _bits = new byte[size];
        _bases = new ushort[size];
        Span<int> next = stackalloc int[MostSymbols];
        int high = size;
        for (int symbol = 0; symbol < probabilities.Length; symbol++)
        {
            next[symbol] = Math.Abs((int)probabilities[symbol]);
            if (probabilities[symbol] < 0)
            {
                _symbols[--high] = (byte)symbol;
            }
        }

        Spread(probabilities, high);
        for (int state = 0; state < size; state++)
        {
            int value = next[_symbols[state]]++;
            int bits = log - BitOperations.Log2((uint)value);
            _bits[state] = (byte)bits;
            _bases[state] = (ushort)((value << bits) - size);
        }
    }

    private FseTable(byte symbol)
    {
        _symbols = [symbol];
        _bits = [0];
        _bases = [0];
    }

    /// <summary>Its size as a power of two: so many bits begin a state.</summary>
    internal int Log { get; }

    /// <summary>A table of one symbol, which takes no bits.</summary>
    internal static FseTable Single(byte symbol) => new(symbol);

    /// <summary>Reads a table's description; the span goes on behind it.</summary>
    internal static FseTable Read(ref ReadOnlySpan<byte> source, int mostLog, int mostSymbols)
    {
        Span<short> probabilities = stackalloc short[MostSymbols];
        int bit = 0;
        int log = Forward(source, ref bit, 4) + 5;
        if (log > Math.Min(mostLog, MostBits))
        {
            throw new InvalidDataException("zstd: a table is too large");
        }

        int left = 1 << log;
        int count = 0;
        while (left > 0)
        {
            if (count >= mostSymbols)
            {
                throw new InvalidDataException("zstd: a table has too many symbols");
            }

            int probability = Probability(source, ref bit, left);
            left -= Math.Abs(probability);
            probabilities[count++] = (short)probability;
            for (int skip = 3; probability == 0 && skip == 3;)
            {
                skip = Forward(source, ref bit, 2);
                count += skip;
                if (count > mostSymbols)
                {
                    throw new InvalidDataException("zstd: a table has too many symbols");
                }
            }
        }

        if (left != 0 || bit > source.Length * 8)
        {
            throw new InvalidDataException("zstd: a table is damaged");
        }

        source = source[((bit + 7) / 8)..];
        return new FseTable(probabilities[..count], log);
    }

    /// <summary>The symbol of a state.</summary>
    internal byte Symbol(uint state) => _symbols[state];

    /// <summary>The state that follows one.</summary>
    internal uint Next(uint state, ref BackwardBits bits) => _bases[state] + bits.Read(_bits[state]);

    /// <summary>Values take a bit less while they are small: those that cannot be told apart
    /// otherwise.</summary>
    private static int Probability(ReadOnlySpan<byte> source, ref int bit, int left)
    {
        int bits = BitOperations.Log2((uint)(left + 1)) + 1;
        int value = Forward(source, ref bit, bits);
        int lower = (1 << (bits - 1)) - 1;
        int threshold = (1 << bits) - 1 - (left + 1);
        if ((value & lower) < threshold)
        {
            bit--;
            value &= lower;
        }
        else if (value > lower)
        {
            value -= threshold;
        }

        return value - 1;
    }

    private static int Forward(ReadOnlySpan<byte> source, ref int bit, int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++, bit++)
        {
            int at = bit >> 3;
            value |= at < source.Length ? ((source[at] >> (bit & 7)) & 1) << i : 0;
        }

        return value;
    }

    private void Spread(ReadOnlySpan<short> probabilities, int high)
    {
        int size = _symbols.Length;
        int step = (size >> 1) + (size >> 3) + 3;
        int at = 0;
        for (int symbol = 0; symbol < probabilities.Length; symbol++)
        {
            for (int i = 0; i < probabilities[symbol]; i++)
            {
                _symbols[at] = (byte)symbol;
                do
                {
                    at = (at + step) & (size - 1);
                }
                while (at >= high);
            }
        }

        if (at != 0)
        {
            throw new InvalidDataException("zstd: a table is damaged");
        }
    }
}
