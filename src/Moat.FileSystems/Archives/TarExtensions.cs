// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;

namespace Moat.FileSystems.Archives;

/// <summary>
/// What pax and GNU headers say of the entry that follows (pax(1), "pax Extended Header"; tar(5)).
/// </summary>
internal sealed class TarExtensions
{
    private int _attributeBytes;

    internal byte[]? Name { get; set; }

    internal byte[]? Target { get; set; }

    internal long? Size { get; private set; }

    internal uint? Uid { get; private set; }

    internal uint? Gid { get; private set; }

    internal (long Seconds, uint Nanoseconds)? Time { get; private set; }

    internal List<byte[]> Attributes { get; } = [];

    /// <summary>Forgets all: the entry has been read.</summary>
    internal void Clear()
    {
        Name = Target = null;
        Size = null;
        Uid = Gid = null;
        Time = null;
        _attributeBytes = 0;
        Attributes.Clear();
    }

    /// <summary>Reads pax records; what is wrong, or null.</summary>
    internal string? Read(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty && records[0] != 0)
        {
            if (!Utf8Parser.TryParse(records, out int length, out int digits) || length <= digits + 2
                || length > records.Length || records[digits] != (byte)' '
                || records[length - 1] != (byte)'\n')
            {
                return "a pax header is damaged";
            }

            ReadOnlySpan<byte> record = records[(digits + 1)..(length - 1)];
            records = records[length..];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return "a pax header is damaged";
            }

            if (Set(record[..equals], record[(equals + 1)..]) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.StartsWith("GNU.sparse."u8))
        {
            return "sparse files (GNU.sparse), which moat does not read; make it without --sparse";
        }

        if (key.StartsWith("SCHILY.xattr."u8))
        {
            return AddAttribute(key["SCHILY.xattr.".Length..], value);
        }

        bool isRight = true;
        switch (key)
        {
            case var _ when key.SequenceEqual("path"u8):
                isRight = value.Length <= TarEntry.LongestName;
                Name = value.ToArray();
                break;
            case var _ when key.SequenceEqual("linkpath"u8):
                isRight = value.Length <= TarEntry.LongestName;
                Target = value.ToArray();
                break;
            case var _ when key.SequenceEqual("size"u8):
                isRight = TryNumber(value, out long size);
                Size = size;
                break;
            case var _ when key.SequenceEqual("uid"u8):
                isRight = TryNumber(value, out long uid) && uid < uint.MaxValue;
                Uid = unchecked((uint)uid);
                break;
            case var _ when key.SequenceEqual("gid"u8):
                isRight = TryNumber(value, out long gid) && gid < uint.MaxValue;
                Gid = unchecked((uint)gid);
                break;
            case var _ when key.SequenceEqual("mtime"u8):
                isRight = TarNumbers.TryTime(value, out long seconds, out uint nanoseconds);
                Time = (seconds, nanoseconds);
                break;
        }

        return isRight ? null : $"a pax header is damaged: {Encoding.ASCII.GetString(key)}";
    }

    private string? AddAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _attributeBytes += name.Length + value.Length;
        if (_attributeBytes > TarEntry.MostAttributeBytes || name.Length is 0 or > 255)
        {
            return "a file has extended attributes that are too long";
        }

        Attributes.Add(name.ToArray());
        Attributes.Add(value.ToArray());
        return null;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && value >= 0;
}
