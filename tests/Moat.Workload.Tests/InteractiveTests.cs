// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>
/// Programs at a terminal, on the host and in the sandbox: what the screen shows after each step is the same.
/// </summary>
public sealed partial class InteractiveTests
{
    private static readonly Dictionary<string, Step[]> s_all = new()
    {
        ["bash"] =
        [
            new("PS1='$ '; clear", "$"), new("sleep 100", "sleep 100"), new("^C-z", "sleep 100\n$"),
            new("jobs", "Stopped                 sleep 100\n$"), new("bg", "&\n$"),
            new("jobs", "Running                 sleep 100 &\n$"), new("fg", "fg\nsleep 100"),
            new("^C-c", "^C\n$"), new("echo $?", "130\n$"), new("cat", "cat"), new("hello", "hello\nhello"),
            new("^C-d", "hello\n$"), new("clear; stty -a | head -1", ";\n$"), new("stty size", "24 80\n$"),
            new("^e c h o Space a Space b c C-w x y Enter", "a xy\n$"),
            new("sleep 60 & sleep 0.2; kill $!; wait $!; echo $?", "143\n$"),
            new("trap 'echo INT' INT; sleep 0.5; trap - INT", "0.5; trap - INT\n$"),
            new("sh -c 'trap \"echo caught; exit 4\" INT; sleep 9'; echo $?", "echo $?"),
            new("^C-c", "4\n$"), new("cat | cat; echo $?", "echo $?"), new("^C-\\", "131\n$"),
            new("stty -echo; read x; stty echo; echo got $x", "got $x"), new("word", "got word\n$"),
            new("set -o notify; sleep 0.3 &", "Done                    sleep 0.3"),
        ],
        ["vim"] =
        [
            new("PS1='$ '; clear", "$"),
            new("vim -u NONE -N -i NONE -c 'set ruler' f", "0,0-1         All"),
            new("^i h e l l o Space w o r l d Enter t w o Escape", " 2,3           All"),
            new(":r !echo from shell; stty size", "4,1           All"), new(":%s/o/0/g", "3,1           All"),
            new("^C-z", "Stopped                 vim -u NONE -N -i NONE -c 'set ruler' f\n$"),
            new("fg", "3,1           All"), new(":wq", "fg\nvim -u NONE -N -i NONE -c 'set ruler' f\n$"),
            new("clear; cat f", "24 80\n$"), new("clear; seq 1 200 | less", "\n:"), new("^G", "(END)"),
            new("/^150$", "(press RETURN)"), new("^Enter", "(END)"), new("?^150$", "\n:"), new("^q", "$"),
        ],
        ["tmux"] =
        [
            new("PS1='$ '; clear", "$"),
            new("tmux -f /dev/null -S inner new -s x sh \\; set status off", "~^[#$]$"),
            new("PS1='% '; clear; echo in; stty size", "24 80\n%"),
            new("^C-b %", "~(?m)[^ -~][#$]$"),
            new("PS1='> '; clear; echo right; stty size", "~(?m)24 39\n.*[^ -~]>"),
            new("^C-b Left", "~."), new("echo left again", "~(?m)^left again.*\n%"),
            new("^C-b d", "from session x)]\n$"),
            new("clear; tmux -S inner ls | cut -d' ' -f1-3", "windows\n$"),
            new("tmux -S inner kill-server; echo $?", "0\n$"),
        ],
        ["python"] =
        [
            new("PS1='$ '; clear", "$"), new("python3 -q", ">>>"),
            new("import os, sys; print(os.isatty(0), os.get_terminal_size())", "lines=24)\n>>>"),
            new("1/0", "division by zero\n>>>"), new("^C-c", "KeyboardInterrupt\n>>>"),
            new("^p r i n t ( 6 * 7 ) Enter", "42\n>>>"), new("^C-d", "\n$"),
            new("script -qc 'tty | cut -c1-9; stty size' /dev/null", "/dev/pts/\n24 80\n$"),
            new("tput cols; tput lines", "80\n24\n$"),
        ],
    };

    public static TheoryData<string, string> Rows()
    {
        TheoryData<string, string> rows = [];
        foreach (string name in s_all.Keys)
        {
            rows.Add(name, Identity.Root.Name);
            rows.Add(name, Identity.User.Name);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Screens_are_those_of_the_host(string name, string user)
    {
        Identity identity = user == Identity.Root.Name ? Identity.Root : Identity.User;
        string[] shell = ["/usr/bin/env", "PS1=$ ", "/bin/bash", "--norc", "--noprofile"];
        string host = Play(identity, shell, s_all[name]);
        string sandbox = Play(identity, [TestArea.Moat(), "do", "--", .. shell], s_all[name]);
        Assert.DoesNotContain("--- no end in", host, StringComparison.Ordinal);
        string difference = UnifiedDiff.Of(host, sandbox, "host", "sandbox");
        Assert.True(difference.Length == 0, difference);
    }

    private static string Play(Identity identity, IEnumerable<string> words, Step[] steps)
    {
        using Terminal terminal = new(identity, words);
        StringBuilder screens = new(terminal.AwaitEnd("$"));
        foreach (Step step in steps)
        {
            if (step.Keys[0] == '^')
            {
                terminal.Press(step.Keys[1..].Split(' '));
            }
            else
            {
                terminal.Type(step.Keys);
            }

            string screen = terminal.AwaitEnd(step.End);
            screens.Append("\n=== ").Append(step.Keys).Append('\n').Append(screen);
            if (screen.Contains("--- no end in", StringComparison.Ordinal))
            {
                break;
            }
        }

        return ProcessNumber().Replace(screens.ToString(), "[$1] N");
    }

    [GeneratedRegex(@"\[(\d)\] \d+")]
    private static partial Regex ProcessNumber();

    /// <summary>One step at the keyboard.</summary>
    /// <param name="Keys">A line to type, or keys to press after a ^.</param>
    /// <param name="End">
    /// What the screen ends with when the step is done; after a ~, a pattern that is found in it.
    /// </param>
    private sealed record Step(string Keys, string End);
}
