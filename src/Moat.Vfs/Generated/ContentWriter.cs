// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Text;

namespace Moat.Vfs.Generated;

/// <summary>Collects the bytes of a generated file; strings become UTF-8.</summary>
/// <example><code>writer.Append($"Pid:\t{pid}\n");</code></example>
public sealed class ContentWriter
{
    /// <summary>
    /// How much one file may say: a guest decides how many mounts or mappings there are to list.
    /// </summary>
    private const int MostBytes = 16 << 20;

    /// <summary>Who reads; ids are shown as that task sees them.</summary>
    public Caller? Viewer { get; init; }

    private byte[] _buffer = new byte[512];
    private int _used;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _used);

    /// <summary>True when there was too much: what is written is lost, and the reader gets ENOMEM.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Starts over.</summary>
    public void Clear() => _used = 0;

    public ContentWriter Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
        {
            IsOverfull = true;
            return this;
        }

        bytes.CopyTo(Reserve(bytes.Length));
        _used += bytes.Length;
        return this;
    }

    public ContentWriter Append(ReadOnlySpan<char> text)
    {
        if (text.Length > MostBytes / 3)
        {
            IsOverfull = true;
            return this;
        }

        Span<byte> room = Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _used += Encoding.UTF8.GetBytes(text, room);
        return this;
    }

    public ContentWriter Append(string text) => Append(text.AsSpan());

    /// <summary>Formats straight into the buffer.</summary>
    public ContentWriter Append([InterpolatedStringHandlerArgument("")] ref Formatter formatter) => this;

    /// <summary>Appends a formatted value.</summary>
    public ContentWriter Append<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        int size = 64;
        int written;
        while (!value.TryFormat(Reserve(size), out written, format, null))
        {
            size *= 2;
        }

        _used += written;
        return this;
    }

    /// <summary>
    /// Appends a path as /proc/mounts and /proc/PID/maps escape it: space, tab, newline and backslash in
    /// octal.
    /// </summary>
    public ContentWriter AppendEscaped(ReadOnlySpan<byte> path)
    {
        while (path.IndexOfAny(" \t\n\\"u8) is int plain and >= 0)
        {
            byte value = path[plain];
            ReadOnlySpan<byte> escape =
                [(byte)'\\', (byte)('0' + (value >> 6)), (byte)('0' + ((value >> 3) & 7)),
                    (byte)('0' + (value & 7))];
            Append(path[..plain]).Append(escape);
            path = path[(plain + 1)..];
        }

        Append(path);
        return this;
    }

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _used < size)
        {
            if (_used > MostBytes - size)
            {
                IsOverfull = true;
                _used = 0;
            }

            if (_buffer.Length - _used < size)
            {
                Array.Resize(ref _buffer, Math.Max(_used + size, Math.Min(_buffer.Length * 2, MostBytes)));
            }
        }

        return _buffer.AsSpan(_used);
    }

    /// <summary>Lets $"" strings format into the writer without a string between.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Formatter
    {
        private readonly ContentWriter _writer;

        public Formatter(int literalLength, int formattedCount, ContentWriter writer)
        {
            writer.Reserve(literalLength + (formattedCount * 8));
            _writer = writer;
        }

        public void AppendLiteral(string value) => _writer.Append(value);

        public void AppendFormatted(string? value) => _writer.Append(value.AsSpan());

        public void AppendFormatted(byte[] value) => _writer.Append(value.AsSpan());

        public void AppendFormatted(ReadOnlySpan<byte> value) => _writer.Append(value);

        public void AppendFormatted(ReadOnlySpan<char> value) => _writer.Append(value);

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IUtf8SpanFormattable => _writer.Append(value, format);

        public void AppendFormatted<T>(T value, int alignment, string? format = null)
            where T : IUtf8SpanFormattable
        {
            _writer.Reserve(Math.Abs(alignment) + 128);
            int start = _writer._used;
            _writer.Append(value, format);
            int length = _writer._used - start;
            int padding = Math.Abs(alignment) - length;
            if (padding <= 0)
            {
                return;
            }

            _writer.Reserve(padding)[..padding].Fill((byte)' ');
            if (alignment > 0)
            {
                Span<byte> field = _writer._buffer.AsSpan(start, length + padding);
                field[..length].CopyTo(field[padding..]);
                field[..padding].Fill((byte)' ');
            }

            _writer._used += padding;
        }
    }
}
