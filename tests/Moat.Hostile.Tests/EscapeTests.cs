// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using Moat.Testing;
using Xunit;

namespace Moat.Hostile.Tests;

/// <summary>
/// Ways out of the root directory and out of volumes (<c>tests/hostile/escapes/escape_*.c</c>), each of which
/// must fail as on Linux, in a jail of the host's own kernel, and leave what is outside as it was.
/// </summary>
public sealed class EscapeTests
{
    private static readonly string[] s_places = ["root", "volume-ro", "volume-rw", "host"];

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            TheoryData<string, string, string> rows = [];
            foreach (GuestProgram program in GuestProgram.All("hostile/escapes"))
            {
                foreach (string place in program.Name.StartsWith("escape_", StringComparison.Ordinal)
                    ? s_places : [])
                {
                    rows.Add(program.Name, place, "root");
                    rows.Add(program.Name, place, "user");
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Nothing_outside_can_be_reached(string program, string place, string identity)
    {
        using EscapeSite site = new(Identity.Of(identity));
        string before = site.Snapshot(everything: false), all = site.Snapshot(everything: true);
        (string inside, int steps) = Play(site.Inside(program, place), site.HostSide(place));
        Assert.Equal(before, site.Snapshot(everything: false));
        if (steps == 0 && place != "volume-rw")
        {
            Assert.Equal(all, site.Snapshot(everything: true));
        }
        if (place == "host")
        {
            return;
        }
        Assert.DoesNotContain("ESCAPED", inside, StringComparison.Ordinal);

        // What the host's side does below a root that is nobody else's need not look as on Linux.
        GuestProgram escape = GuestProgram.Find("hostile/escapes", program);
        bool isEqual = escape.RunsOnHost
            && (place != "root" || (steps == 0 && !escape.PlacesOf(Identity.Root).Contains("volume")));
        if (isEqual)
        {
            using EscapeSite jail = new(Identity.Of(identity));
            (string outside, _) = Play(jail.InJail(program, place), jail.HostSide(place));
            string difference = UnifiedDiff.Of(
                jail.Normalise(outside), site.Normalise(inside), "jail", "sandbox");
            Assert.True(difference.Length == 0, difference);
        }
        else
        {
            Assert.EndsWith("exit 0\n", inside, StringComparison.Ordinal);
        }
    }

    /// <summary>Runs an escape, and does for the host what it asks for.</summary>
    private static (string Text, int Steps) Play(Command command, Command hostSide)
    {
        using Process host = hostSide.Start(), process = command.Start();
        using Timer limit = new(_ => process.Kill(entireProcessTree: true), null, TimeSpan.FromSeconds(100),
            Timeout.InfiniteTimeSpan);
        StringBuilder text = new();
        int steps = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith("@host ", StringComparison.Ordinal))
            {
                text.Append(line).Append('\n');
                continue;
            }
            steps++;
            host.StandardInput.WriteLine(line[6..]);
            host.StandardInput.Flush();
            string? answer = host.StandardOutput.ReadLine();
            Assert.True(answer == "ok", $"{line}: {answer}\n{text}");
            process.StandardInput.Write('\n');
            process.StandardInput.Flush();
        }
        text.Append(process.StandardError.ReadToEnd());
        process.WaitForExit();
        host.StandardInput.Close();
        Assert.True(host.WaitForExit(10000), "the host's side does not end");
        return (text.Append("exit ").Append(process.ExitCode).Append('\n').ToString(), steps);
    }
}
