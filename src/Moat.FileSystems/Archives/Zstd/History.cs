// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>What a frame has made last: as much as later blocks may copy from, and one block more.</summary>
internal sealed class History
{
    private const int LargestBlock = 128 * 1024;
    private readonly int _window;
    private byte[] _bytes;
    private int _start;
    private int _end;
    private int _blockEnd;

    /// <summary>A history of so many bytes; memory is taken as it grows.</summary>
    internal History(int window)
    {
        _window = window;
        _bytes = new byte[Math.Min(window, LargestBlock) + LargestBlock];
    }

    /// <summary>What the last block made and nobody has taken yet.</summary>
    internal ReadOnlySpan<byte> Made => _bytes.AsSpan(_start, _end - _start);

    /// <summary>So many bytes were taken.</summary>
    internal void Take(int count) => _start += count;

    /// <summary>A block begins: makes room for it. All that was made has been taken.</summary>
    internal void Begin()
    {
        if (_bytes.Length - _end < LargestBlock)
        {
            // At least the window is kept; twice that, so that moving it costs little.
            long wanted = Math.Min(_bytes.Length * 2L, (2L * _window) + LargestBlock);
            int kept = Math.Min(_end, _window);
            byte[] larger = wanted > _bytes.Length ? new byte[wanted] : _bytes;
            _bytes.AsSpan(_end - kept, kept).CopyTo(larger);
            _bytes = larger;
            _end = kept;
        }

        _start = _end;
        _blockEnd = _end + LargestBlock;
    }

    /// <summary>Adds bytes.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        Need(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Adds a byte many times.</summary>
    internal void Fill(byte value, int count)
    {
        Need(count);
        _bytes.AsSpan(_end, count).Fill(value);
        _end += count;
    }

    /// <summary>Adds what was made before, which may reach into what is being added.</summary>
    internal void Repeat(int distance, int count)
    {
        Need(count);
        if (distance > _end || distance > Math.Max(_window, LargestBlock))
        {
            throw new InvalidDataException("zstd: a copy reaches back too far");
        }

        int from = _end - distance;
        while (count > 0)
        {
            int part = Math.Min(count, _end - from);
            _bytes.AsSpan(from, part).CopyTo(_bytes.AsSpan(_end));
            _end += part;
            count -= part;
        }
    }

    private void Need(int count)
    {
        if (count > _blockEnd - _end)
        {
            throw new InvalidDataException("zstd: a block makes too much");
        }
    }
}
