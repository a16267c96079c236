// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using Moat.Testing;

namespace Moat.Workload.Tests;

/// <summary>A terminal of 80 by 24 that runs a command, with tmux at its keyboard.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly Identity _identity;
    private readonly string _directory;
    private readonly string _socket;

    public Terminal(Identity identity, IEnumerable<string> words)
    {
        _identity = identity;
        _directory = TestArea.NewPath("terminal");
        TestArea.MakeFresh(_directory, identity);
        _socket = Path.Combine(_directory, "tmux");
        Tmux(["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", .. words]);
    }

    /// <summary>Types a line and Enter.</summary>
    public void Type(string line)
    {
        Tmux(["send-keys", "-l", "--", line]);
        Press("Enter");
    }

    /// <summary>Presses keys by tmux's names for them.</summary>
    public void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>
    /// Waits until the screen, without blanks at ends of lines, ends with a text (after a ~: matches a
    /// pattern) and stays as it is for a moment; returns it.
    /// </summary>
    public string AwaitEnd(string text)
    {
        long begun = Stopwatch.GetTimestamp();
        string screen;
        string before = "";
        while (!(IsEnd(screen = Screen(), text) && screen == before))
        {
            if (Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                return screen + $"\n--- no end in '{text}'";
            }

            before = screen;
            Thread.Sleep(60);
        }

        return screen;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tmux(["kill-server"]);
        TestArea.Remove(_directory);
    }

    private static bool IsEnd(string screen, string text) => text[0] == '~'
        ? Regex.IsMatch(screen, text[1..])
        : screen.EndsWith(text, StringComparison.Ordinal);

    private string Screen()
    {
        string[] lines = Tmux(["capture-pane", "-p"]).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].TrimEnd();
        }

        return string.Join('\n', lines).TrimEnd();
    }

    private string Tmux(IEnumerable<string> words)
    {
        var command = new Command(_identity, ["/usr/bin/tmux", "-S", _socket, .. words])
        {
            Directory = _directory,
            Environment = new Dictionary<string, string> { ["TERM"] = "screen", ["SHELL"] = "/bin/sh" },
        };
        CommandResult result = command.Run();
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(result.Transcript());
    }
}
