// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Moat.Bench;

/// <summary>Real-time scheduling of all that is measured.</summary>
internal static class Fifo
{
    /// <summary>Turns it on for all targets; says why and returns false when one of them may not.</summary>
    public static bool Set(IReadOnlyList<Target> targets)
    {
        foreach (Target target in targets)
        {
            string[] words = [Workspace.Launch, .. target.Meter.LaunchOptions, "-f", "--", "/bin/true"];
            if (Workspace.Try(words, "/") is { ExitCode: not 0 } failed)
            {
                Console.Error.WriteLine($"bench: no --chrt: {failed.Error.Trim()}");
                return false;
            }
        }
        foreach (Target target in targets)
        {
            target.Fifo = true;
        }
        return true;
    }
}
