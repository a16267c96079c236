// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>The sequences of a block: literals, then a copy of what was made before, and again.</summary>
/// <remarks>Keeps tables and the last three distances: later blocks may use them again.</remarks>
internal sealed class Sequences
{
    private FseTable? _lengths;
    private FseTable? _matches;
    private FseTable? _offsets;
    private int _first = 1;
    private int _second = 4;
    private int _third = 8;

    /// <summary>A new frame begins.</summary>
    internal void Clear()
    {
        _lengths = _matches = _offsets = null;
        (_first, _second, _third) = (1, 4, 8);
    }

    /// <summary>Reads what is left of a block and carries it out.</summary>
    internal void Run(ReadOnlySpan<byte> block, ReadOnlySpan<byte> literals, History history)
    {
        int count = Count(ref block);
        if (count > 0)
        {
            byte modes = block.IsEmpty ? throw Damaged() : block[0];
            block = block[1..];
            if ((modes & 3) != 0)
            {
                throw Damaged();
            }

            _lengths = Table(
                ref block, modes >> 6, _lengths, SequenceCodes.UsualLengths, 9, SequenceCodes.LengthCodes);
            _offsets = Table(
                ref block, (modes >> 4) & 3, _offsets, SequenceCodes.UsualOffsets, 8,
                SequenceCodes.OffsetCodes);
            _matches = Table(
                ref block, (modes >> 2) & 3, _matches, SequenceCodes.UsualMatches, 9,
                SequenceCodes.MatchCodes);
            literals = RunAll(block, count, literals, history);
        }
        else if (!block.IsEmpty)
        {
            throw Damaged();
        }

        history.Add(literals);
    }

    private ReadOnlySpan<byte> RunAll(
        ReadOnlySpan<byte> block, int count, ReadOnlySpan<byte> literals, History history)
    {
        var bits = new BackwardBits(block);
        uint length = bits.Read(_lengths!.Log);
        uint offset = bits.Read(_offsets!.Log);
        uint match = bits.Read(_matches!.Log);
        for (int i = 0; i < count; i++)
        {
            int offsetBits = _offsets.Symbol(offset);
            if (offsetBits > 30)
            {
                throw Damaged();
            }

            int distance = (1 << offsetBits) + (int)bits.Read(offsetBits);
            int copied = SequenceCodes.Match(_matches.Symbol(match), ref bits);
            int plain = SequenceCodes.Length(_lengths.Symbol(length), ref bits);
            if (bits.Left < 0 || plain > literals.Length)
            {
                throw Damaged();
            }

            history.Add(literals[..plain]);
            literals = literals[plain..];
            history.Repeat(Distance(distance, plain == 0), copied);
            if (i + 1 < count)
            {
                length = _lengths.Next(length, ref bits);
                match = _matches.Next(match, ref bits);
                offset = _offsets.Next(offset, ref bits);
            }
        }

        return bits.Left == 0 ? literals : throw Damaged();
    }

    /// <summary>The distance: a new one, or one of the last three, which change places.</summary>
    private int Distance(int value, bool isShifted)
    {
        int which = value > 3 ? 4 : isShifted ? value + 1 : value;
        int distance = value > 3 ? value - 3 : which switch
        {
            1 => _first,
            2 => _second,
            3 => _third,
            _ => _first - 1,
        };
        if (distance <= 0)
        {
            throw Damaged();
        }

        if (which > 1)
        {
            _third = which == 2 ? _third : _second;
            _second = _first;
            _first = distance;
        }

        return distance;
    }

    private static FseTable Table(
        ref ReadOnlySpan<byte> block, int mode, FseTable? last, FseTable usual, int mostLog, int symbols)
    {
        switch (mode)
        {
            case 0:
                return usual;
            case 1:
                byte symbol = block.IsEmpty ? throw Damaged() : block[0];
                block = block[1..];
                return symbol < symbols ? FseTable.Single(symbol) : throw Damaged();
            case 2:
                return FseTable.Read(ref block, mostLog, symbols);
            default:
                return last ?? throw Damaged();
        }
    }

    private static int Count(ref ReadOnlySpan<byte> block)
    {
        int first = block.IsEmpty ? throw Damaged() : block[0];
        int size = first < 128 ? 1 : first < 255 ? 2 : 3;
        if (block.Length < size)
        {
            throw Damaged();
        }

        int count = size switch
        {
            1 => first,
            2 => ((first - 128) << 8) + block[1],
            _ => block[1] + (block[2] << 8) + 0x7f00,
        };
        block = block[size..];
        return count;
    }

    private static InvalidDataException Damaged() => new("zstd: sequences are damaged");
}
