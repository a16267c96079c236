// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Kernel.Cgroups;

namespace Moat.FileSystems.Cgroups;

/// <summary>Numbers as the files of control groups have them: "max", and bytes with a suffix.</summary>
internal static class CgroupNumbers
{
    internal static string Show(long value) =>
        value == Cgroup.Max ? "max" : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number that is not negative, or "max".</summary>
    internal static bool TryParse(string text, out long value)
    {
        value = Cgroup.Max;
        return text == "max"
            || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A number of a file that takes 0 and 1.</summary>
    internal static Errno ParseSwitch(string text, out bool isOn)
    {
        isOn = text == "1";
        return isOn || text == "0" ? Errno.Success
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? Errno.ERANGE : Errno.EINVAL;
    }

    /// <summary>Bytes, with k, m, g or t (memparse), rounded down to whole pages; or "max".</summary>
    internal static bool TryParseBytes(string text, out long value)
    {
        const int PageShift = 12;
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch
        {
            'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0,
        };
        if (text == "max")
        {
            value = Cgroup.Max;
            return true;
        }

        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        value = value > Cgroup.Max >> shift ? Cgroup.Max : (value << shift) >> PageShift << PageShift;
        return true;
    }
}
