// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;

namespace Moat.Testing;

/// <summary>What a command did: its output, its error output, its exit status and how long it took.</summary>
/// <param name="ExitCode">The exit code, or 128 + n for a signal.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="TimedOut">Whether it was killed because its time was up.</param>
/// <param name="Elapsed">Wall-clock time.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error, bool TimedOut, TimeSpan Elapsed)
{
    /// <summary>Output, error output and status as one text to compare and to print.</summary>
    public string Transcript()
    {
        string text = Output;
        if (Error.Length > 0)
        {
            text += (text.Length == 0 || text.EndsWith('\n') ? "" : "\n") + "--- stderr\n" + Error;
        }
        string end = TimedOut ? "timed out" : "exit " + ExitCode.ToString(CultureInfo.InvariantCulture);
        return text + (text.Length == 0 || text.EndsWith('\n') ? "" : "\n") + "--- " + end + "\n";
    }
}
