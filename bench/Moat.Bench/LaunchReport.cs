// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.IO;

namespace Moat.Bench;

/// <summary>What <c>launch -r</c> writes about a command.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="WallNs">From before the fork to after the wait.</param>
/// <param name="CpuNs">User and system time of the command and of those it waited for.</param>
internal sealed record LaunchReport(int Status, double WallNs, double CpuNs)
{
    /// <summary>Reads a report; null when there is none.</summary>
    public static LaunchReport? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        string[] words = File.ReadAllText(path).Split(' ');
        return words.Length != 3 ? null : new LaunchReport(int.Parse(words[0], CultureInfo.InvariantCulture),
            double.Parse(words[1], CultureInfo.InvariantCulture),
            double.Parse(words[2], CultureInfo.InvariantCulture));
    }
}
