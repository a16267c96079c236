// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Moat.Testing;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>The lists in tests/suites: what is run, and what is known to differ, with its reason.</summary>
internal static class SuiteFiles
{
    /// <summary>The lines of a list without comments; blank ones are left out.</summary>
    public static List<string> Lines(string name)
    {
        List<string> lines = [];
        foreach (string line in File.ReadAllLines(PathOf(name)))
        {
            string text = line.Split('#')[0].Trim();
            if (text.Length > 0)
            {
                lines.Add(text);
            }
        }

        return lines;
    }

    /// <summary>The rows of a list that are to run; a row is named by its first word.</summary>
    public static TheoryData<string> Rows(string name)
    {
        TheoryData<string> rows = [];
        foreach (string line in Lines(name))
        {
            if (IsChosen(line.Split(' ')[0]))
            {
                rows.Add(line);
            }
        }

        return rows;
    }

    /// <summary>The exceptions of a list whose lines are <c>FILE PATTERN</c>: each finds "FILE
    /// TEST".</summary>
    public static List<Regex> Exceptions(string name)
    {
        List<Regex> exceptions = [];
        foreach (string line in Lines(name))
        {
            string[] parts = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
            string pattern = parts[1].Trim();
            exceptions.Add(new Regex($"^{Regex.Escape(parts[0])} (?:{pattern})"));
        }

        return exceptions;
    }

    /// <summary>Where a file of tests/suites is.</summary>
    public static string PathOf(string name) => Path.Combine(Repository.Root, "tests", "suites", name);

    /// <summary>Gives a tree to the ordinary user.</summary>
    public static void GiveToUser(string tree)
    {
        string owner = $"{Identity.User.Uid}:{Identity.User.Uid}";
        CommandResult result = new Command(Identity.Root, ["/bin/chown", "-R", owner, tree]).Run();
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.Transcript());
        }
    }

    /// <summary>True when a row is to run (MOAT_SUITE_ONLY).</summary>
    public static bool IsChosen(string row)
    {
        string? only = Environment.GetEnvironmentVariable("MOAT_SUITE_ONLY");
        return string.IsNullOrEmpty(only) || Array.IndexOf(only.Split(','), row) >= 0;
    }
}
