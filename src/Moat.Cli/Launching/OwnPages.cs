// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.IO;
using Moat.Host.Shared;

namespace Moat.Cli.Launching;

/// <summary>Pages of this process's own program, which a launcher that only waits does not need.</summary>
internal static class OwnPages
{
    private const int DoNotNeed = 4;

    /// <summary>
    /// Unmaps the pages of code; those that are used again come back from the page cache.
    /// </summary>
    /// <remarks>
    /// Never data, not even what is read-only now: the C library's start has written some of it (RELRO), and
    /// madvise(2) would bring its first contents back.
    /// </remarks>
    internal static void Release()
    {
        string? program = Environment.ProcessPath;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            // start-end permissions offset device inode path: proc_pid_maps(5).
            int dash = line.IndexOf('-');
            int space = line.IndexOf(' ');
            if (program is null || !line.EndsWith(program, StringComparison.Ordinal)
                || line[space + 3] != 'x' || !TryHex(line.AsSpan(0, dash), out nuint start)
                || !TryHex(line.AsSpan(dash + 1, space - dash - 1), out nuint end))
            {
                continue;
            }

            _ = HostMemory.Advise(start, end - start, DoNotNeed);
        }
    }

    private static bool TryHex(ReadOnlySpan<char> text, out nuint value) =>
        nuint.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);
}
