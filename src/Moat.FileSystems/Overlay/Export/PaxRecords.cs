// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>The extended header of one entry (pax(1)): what the header's fields have no room for.</summary>
internal sealed class PaxRecords
{
    /// <summary>More is refused by readers (Go's archive/tar).</summary>
    private const int MaximumBytes = 1 << 20;

    /// <summary>Attributes leave room for what a reader cannot do without: sizes, paths, ids.</summary>
    private const int KeptBytes = 32768;

    private readonly ArrayBufferWriter<byte> _records = new();
    private bool _isBinary;

    internal bool IsEmpty => _records.WrittenCount == 0;

    /// <summary>The records; the one about their character set is not among them.</summary>
    internal ReadOnlySpan<byte> Bytes => _records.WrittenSpan;

    /// <summary>Something is not UTF-8.</summary>
    internal bool IsBinary => _isBinary;

    internal void Clear()
    {
        _records.ResetWrittenCount();
        _isBinary = false;
    }

    internal void Add(ReadOnlySpan<byte> key, long value) =>
        _ = TryAdd(key, Encoding.ASCII.GetBytes($"{value}"));

    /// <summary>Adds a record; false when there is no room left.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isText">False for an extended attribute.</param>
    internal bool TryAdd(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isText = true)
    {
        // The length counts its own digits: "25 ctime=1084839148.1212\n".
        long rest = 3L + key.Length + value.Length;
        int digits = 1;
        while (Digits(rest + digits) != digits)
        {
            digits++;
        }

        long length = rest + digits;
        if (_records.WrittenCount + length > MaximumBytes - (isText ? 0 : KeptBytes))
        {
            return false;
        }

        _isBinary |= !Utf8.IsValid(key) || (isText && !Utf8.IsValid(value));
        _records.Write(Encoding.ASCII.GetBytes($"{length} "));
        _records.Write(key);
        _records.Write("="u8);
        _records.Write(value);
        _records.Write("\n"u8);
        return true;
    }

    private static int Digits(long number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }
}
