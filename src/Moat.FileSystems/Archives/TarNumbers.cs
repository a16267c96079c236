// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Text;

namespace Moat.FileSystems.Archives;

/// <summary>Numbers in tar headers: octal text, or GNU's binary form with the top bit set.</summary>
internal static class TarNumbers
{
    /// <summary>Reads a field; false when it holds no number, or one beyond 63 bits.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if (field[0] is 0x80 or 0xff)
        {
            return TryBinary(field, out value);
        }

        field = field.Trim(" \0"u8);
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value >> 59 != 0)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>A decimal number with an optional fraction, as pax has for times.</summary>
    internal static bool TryTime(ReadOnlySpan<byte> text, out long seconds, out uint nanoseconds)
    {
        seconds = 0;
        nanoseconds = 0;
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        if (!Utf8Parser.TryParse(whole, out seconds, out int used) || used != whole.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = point < 0 ? default : text[(point + 1)..];
        uint scale = 100_000_000;
        foreach (byte digit in rest)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            nanoseconds += scale * (uint)(digit - '0');
            scale /= 10;
        }

        if (text.StartsWith("-"u8) && nanoseconds > 0)
        {
            // -1.25 is 0.75 s after -2.
            seconds -= seconds > long.MinValue ? 1 : 0;
            nanoseconds = 1_000_000_000 - nanoseconds;
        }

        return true;
    }

    private static bool TryBinary(ReadOnlySpan<byte> field, out long value)
    {
        bool isNegative = field[0] == 0xff;
        value = isNegative ? -1 : 0;
        foreach (byte part in field[1..])
        {
            if ((value >> 55) != (isNegative ? -1 : 0))
            {
                return false;
            }

            value = (value << 8) | part;
        }

        return true;
    }
}
