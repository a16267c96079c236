// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>Goes through the entries of a tar without reading what they contain (tar(5)).</summary>
/// <remarks>
/// Bounded by the archive's length: each step goes on by a header at least, and a name or attribute that is
/// longer than Linux has them ends the reading.
/// </remarks>
internal sealed class TarReader
{
    private const int Block = 512;
    private const int LargestExtension = 1 << 20;
    private readonly ImageRegion _region;
    private readonly byte[] _window;
    private readonly TarExtensions _extensions = new();
    private long _windowStart;
    private int _windowLength;
    private long _at;

    /// <summary>A reader of a region, through a window of at least 64 KiB.</summary>
    internal TarReader(ImageRegion region, byte[] window)
    {
        _region = region;
        _window = window;
        _at = region.Start;
    }

    /// <summary>What is wrong with the archive, in words that follow its name; null when
    /// nothing is.</summary>
    internal string? Problem { get; private set; }

    /// <summary>How many headers were read.</summary>
    internal int Headers { get; private set; }

    private long End => _region.Start + _region.Length;

    /// <summary>True when a region begins like a tar.</summary>
    internal static bool IsTar(ImageRegion region)
    {
        Span<byte> header = stackalloc byte[Block];
        return region.Length >= Block && region.Source.ReadExactly(header, region.Start) == Errno.Success
            && IsHeader(header);
    }

    /// <summary>The next entry; false at the end or when there is a <see cref="Problem"/>.</summary>
    internal bool Next(TarEntry entry)
    {
        while (Problem is null && End - _at >= Block)
        {
            if (!TryWindow(_at, Block, out ReadOnlySpan<byte> header))
            {
                return false;
            }

            if (!header.ContainsAnyExcept((byte)0))
            {
                // Two of them end an archive; one is enough.
                return false;
            }

            if (!IsHeader(header))
            {
                Problem = $"tar is damaged at byte {_at - _region.Start}: a header's sum is wrong";
                return false;
            }

            Headers++;
            byte kind = header[156];
            if (!TarNumbers.TryRead(header.Slice(124, 12), out long size) || size < 0)
            {
                Problem = $"tar is damaged at byte {_at - _region.Start}: a size is wrong";
                return false;
            }

            _at += Block;
            if (kind is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')
            {
                ReadExtension(kind, size);
                continue;
            }

            Fill(entry, header, kind, size);
            return Problem is null;
        }

        // Without the block of zeros that ends it, a tar is whole if it ends with a block.
        Problem ??= _at < End ? "tar ends within a header" : null;
        return false;
    }

    private static bool IsHeader(ReadOnlySpan<byte> header)
    {
        uint sum = 8 * ' ';
        for (int i = 0; i < Block; i++)
        {
            sum += i is >= 148 and < 156 ? 0u : header[i];
        }

        return TarNumbers.TryRead(header.Slice(148, 8), out long expected) && expected == sum;
    }

    private void ReadExtension(byte kind, long size)
    {
        if (size > LargestExtension)
        {
            Problem = "tar has an extended header of more than 1 MiB";
            return;
        }

        byte[] content = new byte[(int)size];
        if (size > End - _at || _region.Source.ReadExactly(content, _at) != Errno.Success)
        {
            Problem = "tar ends within a header";
            return;
        }

        Skip(size);
        switch (kind)
        {
            case (byte)'x':
                Problem = _extensions.Read(content) is { } wrong ? "tar: " + wrong : null;
                break;
            case (byte)'L':
                _extensions.Name = Text(content);
                break;
            case (byte)'K':
                _extensions.Target = Text(content);
                break;
        }
    }

    private void Fill(TarEntry entry, ReadOnlySpan<byte> header, byte kind, long size)
    {
        bool isUstar = header[257..].StartsWith("ustar\0"u8);
        entry.Name = _extensions.Name ?? FullName(header, isUstar);
        entry.Target = _extensions.Target ?? Text(header.Slice(157, 100));
        bool isRight = TarNumbers.TryRead(header.Slice(100, 8), out long mode);
        isRight &= TarNumbers.TryRead(header.Slice(108, 8), out long uid) || _extensions.Uid is not null;
        isRight &= TarNumbers.TryRead(header.Slice(116, 8), out long gid) || _extensions.Gid is not null;
        isRight &= TarNumbers.TryRead(header.Slice(136, 12), out long time);
        long major = 0;
        long minor = 0;
        if (kind is (byte)'3' or (byte)'4')
        {
            isRight &= TarNumbers.TryRead(header.Slice(329, 8), out major);
            isRight &= TarNumbers.TryRead(header.Slice(337, 8), out minor);
        }

        // Directories in archives of long ago are files whose names end in a slash.
        bool isOldDirectory = kind is 0 or (byte)'0' && entry.Name is [.., (byte)'/'];
        entry.Kind = isOldDirectory ? (byte)'5' : kind;
        entry.Mode = (uint)mode & StatMode.PermissionMask;
        entry.Uid = _extensions.Uid ?? unchecked((uint)uid);
        entry.Gid = _extensions.Gid ?? unchecked((uint)gid);
        entry.Size = entry.Kind is >= (byte)'1' and <= (byte)'6' ? 0 : _extensions.Size ?? size;
        (entry.Seconds, entry.Nanoseconds) = _extensions.Time ?? (time, 0);
        entry.Major = unchecked((uint)major) & 0xfff;
        entry.Minor = unchecked((uint)minor) & 0xfffff;
        entry.Start = _at;
        entry.Attributes.Clear();
        entry.Attributes.AddRange(_extensions.Attributes);
        _extensions.Clear();
        if (!isRight || entry.Name.Length > TarEntry.LongestName
            || entry.Target.Length > TarEntry.LongestName)
        {
            Problem = $"tar is damaged at byte {_at - Block - _region.Start}: a header makes no sense";
        }
        else if (entry.Size > End - _at)
        {
            Problem = "tar ends within a file";
        }
        else
        {
            Skip(entry.Size);
        }
    }

    private static byte[] FullName(ReadOnlySpan<byte> header, bool isUstar)
    {
        byte[] name = Text(header[..100]);
        byte[] prefix = isUstar ? Text(header.Slice(345, 155)) : [];
        return prefix.Length == 0 ? name : [.. prefix, (byte)'/', .. name];
    }

    private static byte[] Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return (end < 0 ? field : field[..end]).ToArray();
    }

    /// <summary>Past content that lies in the region, and the rest of its last block.</summary>
    private void Skip(long size) => _at = Math.Min(End, _at + size + ((Block - (size % Block)) % Block));

    private bool TryWindow(long at, int length, out ReadOnlySpan<byte> bytes)
    {
        if (at < _windowStart || at + length > _windowStart + _windowLength)
        {
            _windowStart = at;
            _windowLength = (int)Math.Min(_window.Length, End - at);
            if (_region.Source.ReadExactly(_window.AsSpan(0, _windowLength), at) != Errno.Success)
            {
                _windowLength = 0;
                Problem = "tar cannot be read (input/output error)";
                bytes = default;
                return false;
            }
        }

        bytes = _window.AsSpan((int)(at - _windowStart), length);
        return true;
    }
}
