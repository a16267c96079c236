// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;

namespace Moat.Cli.Commands;

/// <summary>Names of signals (signal(7), x86-64).</summary>
internal static class SignalNames
{
    private static readonly string[] s_names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number of "9", "KILL" or "SIGKILL"; -1 when it is none.</summary>
    internal static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number is >= 1 and <= 64 ? number : -1;
        }

        string upper = text.ToUpperInvariant();
        string name = upper.StartsWith("SIG", StringComparison.Ordinal) ? upper[3..] : upper;
        int index = Array.IndexOf(s_names, name);
        return index > 0 ? index : -1;
    }
}
