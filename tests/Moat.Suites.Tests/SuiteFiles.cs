// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;

namespace Moat.Suites.Tests;

/// <summary>The lists in tests/suites: what is run, and what is known to differ, with its reason.</summary>
internal static class SuiteFiles
{
    /// <summary>The lines of a list without comments; blank ones are left out.</summary>
    public static List<string> Lines(string name)
    {
        List<string> lines = [];
        foreach (string line in File.ReadAllLines(Path.Combine(Repository.Root, "tests", "suites", name)))
        {
            string text = line.Split('#')[0].Trim();
            if (text.Length > 0)
            {
                lines.Add(text);
            }
        }

        return lines;
    }

    /// <summary>True when a row is to run (MOAT_SUITE_ONLY).</summary>
    public static bool IsChosen(string row)
    {
        string? only = Environment.GetEnvironmentVariable("MOAT_SUITE_ONLY");
        return string.IsNullOrEmpty(only) || Array.IndexOf(only.Split(','), row) >= 0;
    }
}
