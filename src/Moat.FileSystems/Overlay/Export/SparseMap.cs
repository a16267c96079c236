// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>Where a file has data: what lies between costs no room in the tar.</summary>
internal sealed class SparseMap
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>So many pieces at most: the map is held in memory.</summary>
    private const int MaximumPieces = 1 << 18;

    private readonly List<(long Offset, long Length)> _pieces = [];

    /// <summary>The pieces, in order.</summary>
    internal IReadOnlyList<(long Offset, long Length)> Pieces => _pieces;

    /// <summary>Bytes of data.</summary>
    internal long DataBytes { get; private set; }

    /// <summary>Looks for the pieces of a file; EFBIG when there are too many.</summary>
    internal static Result<SparseMap> Of(OpenFile file, long size)
    {
        var map = new SparseMap();
        long at = 0;
        while (at < size)
        {
            Result<long> data = file is SeekableFile file1 ? file1.SeekData(at, SeekData) : at;
            if (data.Error == Errno.ENXIO)
            {
                break;
            }

            Result<long> hole = data.IsOk && file is SeekableFile file2
                ? file2.SeekData(data.Value, SeekHole) : size;
            long start = data.IsOk ? Math.Max(at, data.Value) : at;
            long end = hole.IsOk ? Math.Min(hole.Value, size) : size;
            if (start >= size || end <= start)
            {
                break;
            }

            if (map._pieces.Count == MaximumPieces)
            {
                return Errno.EFBIG;
            }

            map._pieces.Add((start, end - start));
            map.DataBytes += end - start;
            at = end;
        }

        return map;
    }

    /// <summary>The map as it stands before the data (GNU's format 1.0): numbers, a line each.</summary>
    internal byte[] Format(long size)
    {
        // The end of the file is an empty piece when it is a hole.
        bool endsInHole = _pieces.Count == 0 || _pieces[^1].Offset + _pieces[^1].Length < size;
        var text = new StringBuilder();
        text.Append(_pieces.Count + (endsInHole ? 1 : 0)).Append('\n');
        foreach ((long offset, long length) in _pieces)
        {
            text.Append(offset).Append('\n').Append(length).Append('\n');
        }

        if (endsInHole)
        {
            text.Append(size).Append('\n').Append(0).Append('\n');
        }

        int whole = (text.Length + TarOutput.Block - 1) / TarOutput.Block * TarOutput.Block;
        text.Append('\0', whole - text.Length);
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
