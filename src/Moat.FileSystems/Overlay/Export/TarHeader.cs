// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>One header block (ustar), and which of its values must go to an extended header.</summary>
internal static class TarHeader
{
    internal const byte Regular = (byte)'0';
    internal const byte HardLink = (byte)'1';
    internal const byte Symlink = (byte)'2';
    internal const byte CharacterDevice = (byte)'3';
    internal const byte BlockDevice = (byte)'4';
    internal const byte Directory = (byte)'5';
    internal const byte Fifo = (byte)'6';
    private const byte Extended = (byte)'x';

    private const int NameField = 100;
    private const int LinkOffset = 157;

    /// <summary>Writes an entry's headers: the extended one, if there is need of it, and its own.</summary>
    internal static void Write(
        TarOutput output, PaxRecords records, byte type, ReadOnlySpan<byte> name,
        in InodeFields fields, long size, ReadOnlySpan<byte> link)
    {
        if (!Fits(name))
        {
            _ = records.TryAdd("path"u8, name);
        }

        if (!Fits(link))
        {
            _ = records.TryAdd("linkpath"u8, link);
        }

        AddIfLarge(records, "size"u8, size, 11);
        AddIfLarge(records, "uid"u8, fields.Uid, 7);
        AddIfLarge(records, "gid"u8, fields.Gid, 7);
        AddTime(records, fields.ModifyTime);
        if (!records.IsEmpty)
        {
            WriteExtended(output, records);
        }

        Span<byte> block = stackalloc byte[TarOutput.Block];
        Fill(block, type, name, fields, size, link);
        output.Write(block);
    }

    private static void WriteExtended(TarOutput output, PaxRecords records)
    {
        ReadOnlySpan<byte> charset = records.IsBinary ? "21 hdrcharset=BINARY\n"u8 : default;
        Span<byte> block = stackalloc byte[TarOutput.Block];
        Fill(block, Extended, "PaxHeaders/entry"u8, new InodeFields { Mode = 0x1a4 },
            charset.Length + records.Bytes.Length, default);
        output.Write(block);
        output.Write(charset);
        output.Write(records.Bytes);
        output.Pad();
    }

    private static void Fill(
        Span<byte> block, byte type, ReadOnlySpan<byte> name, in InodeFields fields, long size,
        ReadOnlySpan<byte> link)
    {
        block.Clear();
        name[..Math.Min(name.Length, NameField)].CopyTo(block);
        Octal(block.Slice(100, 8), fields.Mode & 0xfff);
        Octal(block.Slice(108, 8), fields.Uid);
        Octal(block.Slice(116, 8), fields.Gid);
        Octal(block.Slice(124, 12), size);
        Octal(block.Slice(136, 12), Math.Max(0, fields.ModifyTime.Seconds));
        block.Slice(148, 8).Fill((byte)' ');
        block[156] = type;
        link[..Math.Min(link.Length, NameField)].CopyTo(block[LinkOffset..]);
        "ustar\0"u8.CopyTo(block[257..]);
        "00"u8.CopyTo(block[263..]);
        Octal(block.Slice(329, 8), DeviceNumber.Major(fields.SpecialDeviceId));
        Octal(block.Slice(337, 8), DeviceNumber.Minor(fields.SpecialDeviceId));
        uint sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        Octal(block.Slice(148, 7), sum);
    }

    // Digits and a final zero; what does not fit stands in an extended header.
    private static void Octal(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }

        field[^1] = 0;
    }

    private static bool Fits(ReadOnlySpan<byte> name) => name.Length <= NameField && Ascii.IsValid(name);

    private static void AddIfLarge(PaxRecords records, ReadOnlySpan<byte> key, long value, int digits)
    {
        if (value >> (3 * digits) != 0)
        {
            records.Add(key, value);
        }
    }

    private static void AddTime(PaxRecords records, Timespec time)
    {
        time = time.Nanoseconds < 0
            ? new Timespec(time.Seconds - 1, time.Nanoseconds + 1_000_000_000) : time;
        if (time.Nanoseconds == 0 && time.Seconds >= 0 && time.Seconds >> 33 == 0)
        {
            return;
        }

        // -0.25 s is kept as -1 s and 750,000,000 ns.
        bool isBefore = time.Seconds < 0 && time.Nanoseconds != 0;
        long seconds = isBefore ? time.Seconds + 1 : time.Seconds;
        long fraction = isBefore ? 1_000_000_000 - time.Nanoseconds : time.Nanoseconds;
        string sign = isBefore && seconds == 0 ? "-" : "";
        string text = fraction == 0 ? $"{seconds}" : $"{sign}{seconds}.{fraction:d9}";
        _ = records.TryAdd("mtime"u8, Encoding.ASCII.GetBytes(text));
    }
}
