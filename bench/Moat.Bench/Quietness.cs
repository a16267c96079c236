// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.IO;

namespace Moat.Bench;

/// <summary>Whether other work disturbs the run.</summary>
internal static class Quietness
{
    private const double Busy = 0.5;

    /// <summary>The load average of the last minute; says so when it is too high for good figures.</summary>
    public static double Load()
    {
        double load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0],
            CultureInfo.InvariantCulture);
        if (load > Busy)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"bench: the machine is busy (load {load}): times will be off; --chrt helps"));
        }
        return load;
    }
}
