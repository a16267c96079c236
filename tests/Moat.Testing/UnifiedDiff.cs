// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;

namespace Moat.Testing;

/// <summary>A line diff of two short texts, in the unified form people read.</summary>
public static class UnifiedDiff
{
    private const int MostLines = 3000;
    private const int Context = 3;

    /// <summary>The diff, or an empty text when they are equal.</summary>
    public static string Of(string expected, string actual, string expectedName, string actualName)
    {
        if (expected == actual)
        {
            return "";
        }
        string[] left = expected.Split('\n'), right = actual.Split('\n');
        StringBuilder text = new($"--- {expectedName}\n+++ {actualName}\n");
        if (left.Length > MostLines || right.Length > MostLines)
        {
            return text.Append($"{left.Length} lines and {right.Length} lines differ (too many to "
                + $"show)\n").ToString();
        }
        List<(char Mark, string Line)> edits = Edits(left, right);
        int shownTo = 0;
        for (int i = 0; i < edits.Count; i++)
        {
            if (edits[i].Mark == ' ')
            {
                continue;
            }
            int from = Math.Max(shownTo, i - Context), to = Math.Min(edits.Count, i + Context + 1);
            if (from > shownTo)
            {
                text.Append("@@\n");
            }
            for (int k = from; k < to; k++)
            {
                text.Append(edits[k].Mark).Append(edits[k].Line).Append('\n');
            }
            shownTo = Math.Max(shownTo, to);
            i = shownTo - 1;
        }
        return text.ToString();
    }

    private static List<(char Mark, string Line)> Edits(string[] left, string[] right)
    {
        int[,] common = new int[left.Length + 1, right.Length + 1];
        for (int i = left.Length - 1; i >= 0; i--)
        {
            for (int k = right.Length - 1; k >= 0; k--)
            {
                common[i, k] = left[i] == right[k]
                    ? common[i + 1, k + 1] + 1
                    : Math.Max(common[i + 1, k], common[i, k + 1]);
            }
        }
        List<(char, string)> edits = [];
        int a = 0, b = 0;
        while (a < left.Length || b < right.Length)
        {
            if (a < left.Length && b < right.Length && left[a] == right[b])
            {
                edits.Add((' ', left[a]));
                a++;
                b++;
            }
            else if (a < left.Length && (b == right.Length || common[a + 1, b] >= common[a, b + 1]))
            {
                edits.Add(('-', left[a++]));
            }
            else
            {
                edits.Add(('+', right[b++]));
            }
        }
        return edits;
    }
}
