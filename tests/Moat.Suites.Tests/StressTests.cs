// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Testing;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>stress-ng's stressors, as an ordinary user: what succeeds on the host does inside.</summary>
public sealed class StressTests
{
    private static readonly string[] s_classes =
        ["cpu", "memory", "os", "pipe", "scheduler", "interrupt", "vm"];

    public static TheoryData<string> Stressors()
    {
        SortedSet<string> names = [];
        foreach (string kind in s_classes)
        {
            CommandResult list = new Command(Identity.User, ["stress-ng", "--class", kind + "?"]).Run();
            string text = (list.Output + list.Error).Split("stressors:")[^1];
            names.UnionWith(text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }

        TheoryData<string> rows = [];
        foreach (string name in names)
        {
            if (SuiteFiles.IsChosen(name))
            {
                rows.Add(name);
            }
        }

        return rows;
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Stressors))]
    public void Succeeds_as_on_the_host(string stressor)
    {
        string directory = TestArea.NewPath("stress");
        string[] words = ["stress-ng", "--" + stressor, "1", "--timeout", "2s", "--temp-path", directory];
        try
        {
            CommandResult sandbox = InFresh(directory,
                () => Sandbox.Do(Identity.User, words, directory, TimeSpan.FromSeconds(60)));
            Assert.False(sandbox.TimedOut, sandbox.Transcript());
            if (sandbox.ExitCode == 0 || SuiteFiles.Lines("stress-exceptions.txt").Contains(stressor))
            {
                return;
            }

            CommandResult host = InFresh(directory, () => new Command(Identity.User, words)
            {
                Directory = directory,
                Timeout = TimeSpan.FromSeconds(60),
            });
            Assert.True(host.ExitCode != 0, sandbox.Transcript());
        }
        finally
        {
            TestArea.Remove(directory);
        }
    }

    private static CommandResult InFresh(string directory, Func<Command> command)
    {
        TestArea.MakeFresh(directory, Identity.User);
        return command().Run();
    }
}
