// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Hostile.Tests;

/// <summary>
/// Programs that attack their sandbox (<c>tests/hostile/*.c</c>). Each must end by itself with status 0, and
/// afterwards another program
/// must still work in the same sandbox.
/// </summary>
public sealed class HostileTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (GuestProgram program in GuestProgram.All("hostile"))
            {
                foreach (string identity in program.Identities)
                {
                    rows.Add(program.Name, identity);
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Sandbox_survives(string program, string identity)
    {
        GuestProgram guest = GuestProgram.Find("hostile", program);
        string path = guest.Build("static");
        CommandResult result = Run(identity, $"{path}; echo status $?; exec /bin/echo alive", guest.Timeout);
        Assert.True(result.ExitCode == 0 && !result.TimedOut
            && result.Output.EndsWith("status 0\nalive\n", StringComparison.Ordinal), result.Transcript());
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Malformed_programs_harm_nobody(string identity)
    {
        string directory = TestArea.NewPath("elf");
        TestArea.MakeFresh(directory, Identity.Root);
        byte[] image = File.ReadAllBytes("/bin/true");
        Random random = new(20240101);
        for (int i = 0; i < 80; i++)
        {
            byte[] copy = (byte[])image.Clone();
            for (int k = 0; k < 1 + i % 6; k++)
            {
                // The header, and the program headers behind it.
                copy[4 + random.Next(64 + 13 * 56)] = (byte)(i % 3 == 0 ? 0xff : random.Next(256));
            }
            string path = Path.Combine(directory, i.ToString("d2", CultureInfo.InvariantCulture));
            File.WriteAllBytes(path, i % 8 == 7 ? copy[..random.Next(1, 900)] : copy);
            File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        }
        string script = $"for f in {directory}/*; do timeout -s KILL 5 $f > /dev/null 2>&1; done; exec "
            + $"/bin/echo alive";
        CommandResult result = Run(identity, script, TimeSpan.FromSeconds(120));
        TestArea.Remove(directory);
        Assert.True(result.ExitCode == 0 && result.Output == "alive\n", result.Transcript());
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Output_without_end_stops_with_the_reader(string identity)
    {
        CommandResult result = Run(identity, "yes | head -c 20000000 | wc -c; cat /dev/zero | head -c "
            + "1000000 | cksum; echo done", TimeSpan.FromSeconds(60));
        Assert.True(result.ExitCode == 0 && result.Output == "20000000\n1345294785 1000000\ndone\n",
            result.Transcript());
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Host_cannot_be_seen(string identity)
    {
        // The host's processes, and what only the kernel process can see, are not there.
        const string Script = """
            kill -0 $PPID 2>/dev/null; ls /proc | grep -c '^[0-9]' | awk '{ print ($1 < 10) }'
            cat /proc/1/environ 2>/dev/null | tr '\0' '\n' | grep -c '^MOAT_SECRET=' ;
            ls -l /proc/*/fd 2>/dev/null | grep -c memfd:moat; exit 0
            """;
        Command command = new(Identity.Of(identity), [TestArea.Moat(), "do", "--", "/bin/sh", "-c", Script])
        {
            Timeout = TimeSpan.FromSeconds(20),
        };
        CommandResult result = command.Run();
        Assert.True(result.Output == "1\n0\n0\n", result.Transcript());
    }

    private static CommandResult Run(string identity, string script, TimeSpan timeout)
    {
        string directory = TestArea.NewPath("hostile");
        TestArea.MakeFresh(directory, Identity.Of(identity));
        try
        {
            List<string> words = [.. MemoryCage.Prefix(), .. Identity.Of(identity).Prefix(), TestArea.Moat()];
            words.AddRange(["do", "--", "/bin/sh", "-c", script]);
            return new Command(Identity.Root, words) { Directory = directory, Timeout = timeout }.Run();
        }
        finally
        {
            TestArea.Remove(directory);
        }
    }
}
