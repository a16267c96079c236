// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Host.Files;

namespace Moat.Platform;

/// <summary>How large the host's vDSO and the data pages before it are: a stub keeps exactly these.</summary>
/// <param name="DataBytes">[vvar] and its companions, ending where [vdso] starts.</param>
/// <param name="CodeBytes">[vdso].</param>
internal readonly record struct VdsoMapping(int DataBytes, int CodeBytes)
{
    /// <summary>Reads them from the calling process's maps (proc_pid_maps(5)).</summary>
    internal static VdsoMapping OfThisProcess()
    {
        ulong dataStart = 0, codeStart = 0, codeEnd = 0;
        foreach (string line in ProcFile.Read("/proc/self/maps").Split('\n'))
        {
            bool code = line.EndsWith("[vdso]", StringComparison.Ordinal);
            if (!code && !line.Contains("[vvar", StringComparison.Ordinal))
            {
                continue;
            }

            int dash = line.IndexOf('-');
            int space = line.IndexOf(' ');
            ulong start = ulong.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(
                line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture);
            if (code)
            {
                (codeStart, codeEnd) = (start, end);
            }
            else if (dataStart == 0)
            {
                dataStart = start;
            }
        }

        return codeStart == 0 || dataStart == 0 || dataStart > codeStart
            ? throw new PlatformNotSupportedException("the host gives processes no vDSO")
            : new VdsoMapping((int)(codeStart - dataStart), (int)(codeEnd - codeStart));
    }
}
