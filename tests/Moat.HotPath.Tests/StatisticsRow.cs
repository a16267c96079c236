// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Moat.HotPath.Tests;

/// <summary>One line of the table that <c>moat do --stats</c> prints.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Count">How often it was made.</param>
/// <param name="Bytes">What all of them allocated.</param>
internal sealed record StatisticsRow(string Call, long Count, long Bytes)
{
    /// <summary>All lines of the table in a sandbox's standard error.</summary>
    public static IReadOnlyList<StatisticsRow> Parse(string text)
    {
        List<StatisticsRow> rows = [];
        foreach (string line in text.Split('\n'))
        {
            // call, count, errors, total us, ns/call, bytes, bytes/call
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 7 && long.TryParse(words[1], CultureInfo.InvariantCulture, out long count))
            {
                long bytes = long.Parse(words[5], CultureInfo.InvariantCulture);
                rows.Add(new StatisticsRow(words[0], count, bytes));
            }
        }
        return rows;
    }
}
