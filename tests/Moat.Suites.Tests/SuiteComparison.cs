// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>The results of a suite on the host beside those in the sandbox.</summary>
internal static partial class SuiteComparison
{
    /// <summary>What a test that passed is called in the results.</summary>
    internal const string Passed = "ok";

    /// <summary>Fails when a test passed on the host, did not in the sandbox, and is no exception.</summary>
    /// <param name="host">Each test's result by its name.</param>
    /// <param name="sandbox">The same, in the sandbox.</param>
    /// <param name="exceptions">Finds the names of tests that may differ.</param>
    internal static void Check(Dictionary<string, string> host, Dictionary<string, string> sandbox,
        List<Regex> exceptions)
    {
        Assert.NotEmpty(host);
        List<string> failures = [];
        int passed = 0;
        foreach ((string test, string result) in host)
        {
            string inside = sandbox.GetValueOrDefault(test, "no result");
            passed += result == Passed && inside == Passed ? 1 : 0;
            if (result == Passed && inside != Passed && !exceptions.Exists(e => e.IsMatch(test)))
            {
                failures.Add($"{test}: {inside}");
            }
        }

        Assert.True(failures.Count == 0, $"{passed} pass on both, {failures.Count} do not in the sandbox:\n"
            + string.Join('\n', failures));
    }

    /// <summary>The results that perl.sh and tcl.sh print.</summary>
    internal static Dictionary<string, string> Lines(string output)
    {
        Dictionary<string, string> results = [];
        foreach (Match line in ResultLine().Matches(output))
        {
            string name = line.Groups[2].Value;
            // A name that comes twice passes when both pass.
            if (results.GetValueOrDefault(name, Passed) == Passed)
            {
                results[name] = line.Groups[1].Value;
            }
        }

        return results;
    }

    [GeneratedRegex(@"^((?:not )?ok) (\S+ [^\s:]+)", RegexOptions.Multiline)]
    private static partial Regex ResultLine();
}
