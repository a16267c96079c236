// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;

namespace Moat.FileSystems.Tmpfs;

/// <summary>Numbers as the options of a tmpfs give them.</summary>
internal static class TmpfsNumbers
{
    /// <summary>A size in bytes, or in percent of all memory.</summary>
    internal static bool TrySize(string text, long totalMemory, out long size)
    {
        if (!text.EndsWith('%'))
        {
            return TryCount(text, long.MaxValue, out size);
        }

        // "%" alone is none of it, as in Linux.
        long part = 0;
        bool isNumber = text.Length == 1 || TryCount(text[..^1], 1 << 20, out part);
        size = totalMemory / 100 * Math.Min(part, 100);
        return isNumber;
    }

    /// <summary>A number with one of the letters of memparse behind it, maybe.</summary>
    internal static bool TryCount(string text, long most, out long count)
    {
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch
        {
            'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, 'p' => 50, 'e' => 60, _ => 0,
        };
        if (shift != 0 && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && char.ToLowerInvariant(text[^1]) == 'e')
        {
            shift = 0;
        }

        bool isNumber = TryNumber(shift == 0 ? text : text[..^1], out ulong number)
            && number <= (ulong)most >> shift;
        count = isNumber ? (long)(number << shift) : 0;
        return isNumber;
    }

    /// <summary>Permissions.</summary>
    internal static bool TryOctal(string text, out uint value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || value > uint.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return text.Length > 0;
    }

    /// <summary>A user or group id.</summary>
    internal static bool TryId(string text, out uint id)
    {
        bool isNumber = TryNumber(text, out ulong number) && number <= uint.MaxValue;
        id = (uint)number;
        return isNumber;
    }

    // Hexadecimal after 0x, octal after 0, as simple_strtoull reads them.
    private static bool TryNumber(string text, out ulong number)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out number);
        }

        if (text is not ['0', _, ..])
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }

        bool isOctal = TryOctal(text, out uint octal);
        number = octal;
        return isOctal;
    }
}
