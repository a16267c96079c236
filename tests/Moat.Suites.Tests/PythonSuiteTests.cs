// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Moat.Testing;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>CPython's own tests: what passes on the host passes in the sandbox.</summary>
public sealed partial class PythonSuiteTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Modules() => SuiteFiles.Rows("python.txt");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Modules))]
    public void Tests_that_pass_on_the_host_pass(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string module = parts[0];
        string[] words = ["/usr/bin/python3.11", "-m", "test", "-v", .. parts];
        CommandResult host = new Command(Identity.Root, words)
        {
            Directory = "/var/lib",
            Timeout = s_limit,
        }.Run();
        CommandResult sandbox = Sandbox.Do(Identity.Root, words, "/var/lib", s_limit).Run();
        SuiteComparison.Check(Results(host.Output + host.Error), Results(sandbox.Output + sandbox.Error),
            ExceptionsOf(module));
    }

    // unittest's lines "test_x (module.Class.test_x) ... ok"; the result may follow after other output.
    private static Dictionary<string, string> Results(string output)
    {
        Dictionary<string, string> results = [];
        string? open = null;
        foreach (string line in output.Split('\n'))
        {
            Match name = TestName().Match(line);
            open = name.Success ? name.Groups[1].Value : open;
            Match result = TestResult().Match(line);
            if (open is not null && result.Success)
            {
                results[open] = result.Groups[1].Value;
                open = null;
            }
        }

        return results;
    }

    private static List<Regex> ExceptionsOf(string module)
    {
        List<Regex> patterns = [];
        foreach (string line in SuiteFiles.Lines("python-exceptions.txt"))
        {
            string[] parts = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
            if (parts[0] == module)
            {
                patterns.Add(new Regex(parts[1].Trim()));
            }
        }

        return patterns;
    }

    [GeneratedRegex(@"^(test\w+ \([\w.]+\))")]
    private static partial Regex TestName();

    [GeneratedRegex(@"(?:\.\.\. |^)(ok|FAIL|ERROR|skipped.*|expected failure)\s*$")]
    private static partial Regex TestResult();
}
