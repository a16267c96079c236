// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.Proc;

/// <summary>Reads the mappings of a stub from the host's smaps, one after the other, in a fixed buffer.
/// </summary>
internal sealed class HostMappings : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
    private readonly int _fd;
    private int _start;
    private int _end;
    private bool _hasHeader;
    private MappingFigures _figures;

    /// <summary>Opens it; without a word of the host there are no mappings.</summary>
    internal HostMappings(HostFacts facts, int hostPid)
    {
        Span<byte> path = stackalloc byte[32];
        _fd = -1;
        if (facts.ProcDirectory >= 0 && hostPid > 0 && hostPid.TryFormat(path, out int length))
        {
            "/smaps"u8.CopyTo(path[length..]);
            _fd = HostPath.Open(facts.ProcDirectory, path[..(length + 6)], OpenFlags.CloseOnExec)
                .TryGet(out int fd, out _) ? fd : -1;
        }

        // To the first header, and to the end of what it heads.
        _ = MoveNext();
        _ = MoveNext();
    }

    /// <summary>The present mapping's first address; the largest number after the last one.</summary>
    internal ulong Start { get; private set; }

    /// <summary>The first address after it.</summary>
    internal ulong End { get; private set; }

    /// <summary>Its sizes.</summary>
    internal ref readonly MappingFigures Figures => ref _figures;

    private ulong NextStart { get; set; }

    private ulong NextEnd { get; set; }

    /// <summary>Goes to the next mapping; false after the last one.</summary>
    internal bool MoveNext()
    {
        bool found = _hasHeader;
        (Start, End) = found ? (NextStart, NextEnd) : (ulong.MaxValue, ulong.MaxValue);
        _figures = default;
        _hasHeader = false;
        while (TryReadLine(out ReadOnlySpan<byte> line))
        {
            // Names begin with a capital letter, addresses do not.
            if (line.Length > 0 && line[0] is not (>= (byte)'A' and <= (byte)'Z'))
            {
                _hasHeader = TryReadHeader(line);
                break;
            }

            ReadFigure(line);
        }

        return found;
    }

    /// <summary>Done.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        if (_fd >= 0)
        {
            HostFile.Close(_fd);
        }
    }

    private bool TryReadHeader(ReadOnlySpan<byte> line)
    {
        int dash = line.IndexOf((byte)'-');
        int space = line.IndexOf((byte)' ');
        if (dash < 0 || space < dash
            || !ulong.TryParse(line[..dash], NumberStyles.AllowHexSpecifier, null, out ulong start)
            || !ulong.TryParse(line[(dash + 1)..space], NumberStyles.AllowHexSpecifier, null, out ulong end))
        {
            return false;
        }

        (NextStart, NextEnd) = (start, end);
        return true;
    }

    private void ReadFigure(ReadOnlySpan<byte> line)
    {
        for (int i = 0; i < MappingFigures.Count; i++)
        {
            ReadOnlySpan<byte> name = MappingFigures.NameOf(i);
            if (line.StartsWith(name))
            {
                ReadOnlySpan<byte> rest = line[name.Length..].TrimStart((byte)' ');
                _figures[i] = Utf8Parser.TryParse(rest, out long value, out _) ? value : 0;
                return;
            }
        }
    }

    // A line that does not fit the buffer, which none is, ends the reading.
    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                return true;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            line = default;
            if (_fd < 0 || _end == _buffer.Length
                || !HostFile.Read(_fd, _buffer.AsSpan(_end)).TryGet(out int count, out _) || count <= 0)
            {
                return false;
            }

            _end += count;
        }
    }
}
