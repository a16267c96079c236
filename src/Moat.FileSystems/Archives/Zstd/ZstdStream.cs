// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.IO;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>Decompresses Zstandard (RFC 8878), from data that may be hostile.</summary>
/// <remarks>
/// Throws <see cref="InvalidDataException"/>. Sums of contents are not computed. Memory is bounded by
/// <see cref="MostWindow"/>; dictionaries are not known.
/// </remarks>
internal sealed class ZstdStream(Stream source) : Stream
{
    private const uint Magic = 0xfd2fb528;
    private const uint SkippedMagic = 0x184d2a50;
    private const int LargestBlock = 128 * 1024;

    /// <summary>How far back copies may reach: what `zstd` itself accepts unless told otherwise.</summary>
    private const long MostWindow = 128 << 20;

    private readonly byte[] _block = new byte[LargestBlock];
    private readonly Literals _literals = new();
    private readonly Sequences _sequences = new();
    private History? _history;
    private bool _hasSum;
    private bool _isInFrame;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_history is null || _history.Made.IsEmpty)
        {
            if (!_isInFrame && !BeginFrame())
            {
                return 0;
            }

            if (_isInFrame)
            {
                ReadBlock();
            }
        }

        ReadOnlySpan<byte> made = _history.Made;
        made = made[..Math.Min(made.Length, buffer.Length)];
        made.CopyTo(buffer);
        _history.Take(made.Length);
        return made.Length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Reads a frame's header, or passes a frame that means nothing; false at the end.</summary>
    private bool BeginFrame()
    {
        Span<byte> raw = stackalloc byte[4];
        int first = source.Read(raw[..1]);
        if (first == 0)
        {
            return false;
        }

        source.ReadExactly(raw[1..]);
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        if ((magic & ~0xfu) == SkippedMagic)
        {
            Skip((long)Number(4));
            return true;
        }

        if (magic != Magic)
        {
            throw new InvalidDataException("zstd: a frame does not begin like one");
        }

        int descriptor = (int)Number(1);
        bool isSingle = (descriptor & 0x20) != 0;
        long window = isSingle ? 0 : WindowOf((int)Number(1));
        ulong dictionary = Number((descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 });
        int sizeBytes = (descriptor >> 6) switch { 0 => isSingle ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        ulong size = Number(sizeBytes) + (sizeBytes == 2 ? 256u : 0);
        window = isSingle ? (long)Math.Min(size, long.MaxValue) : window;
        if ((descriptor & 8) != 0 || dictionary != 0 || window > MostWindow)
        {
            throw new InvalidDataException("zstd: a frame needs a dictionary, or too much memory");
        }

        _hasSum = (descriptor & 4) != 0;
        _history = new History((int)window);
        _literals.Clear();
        _sequences.Clear();
        _isInFrame = true;
        return true;
    }

    private void ReadBlock()
    {
        uint header = (uint)Number(3);
        int size = (int)(header >> 3);
        int kind = (int)(header >> 1) & 3;
        if (kind == 3 || size > LargestBlock)
        {
            throw new InvalidDataException("zstd: a block is too large, or of no known kind");
        }

        _history!.Begin();
        Span<byte> bytes = _block.AsSpan(0, kind == 1 ? 1 : size);
        source.ReadExactly(bytes);
        switch (kind)
        {
            case 0:
                _history.Add(bytes);
                break;
            case 1:
                _history.Fill(bytes[0], size);
                break;
            default:
                ReadOnlySpan<byte> rest = bytes;
                ReadOnlySpan<byte> literals = _literals.Read(ref rest);
                _sequences.Run(rest, literals, _history);
                break;
        }

        if ((header & 1) != 0)
        {
            _isInFrame = false;
            _ = _hasSum ? Number(4) : 0;
        }
    }

    private static long WindowOf(int descriptor)
    {
        long size = 1L << (10 + (descriptor >> 3));
        return size + (size / 8 * (descriptor & 7));
    }

    private ulong Number(int size)
    {
        Span<byte> raw = stackalloc byte[8];
        raw.Clear();
        source.ReadExactly(raw[..size]);
        return BinaryPrimitives.ReadUInt64LittleEndian(raw);
    }

    private void Skip(long length)
    {
        while (length > 0)
        {
            int part = (int)Math.Min(length, _block.Length);
            source.ReadExactly(_block.AsSpan(0, part));
            length -= part;
        }
    }
}
