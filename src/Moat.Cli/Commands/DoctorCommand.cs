// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Moat.Cli.Doctor;

namespace Moat.Cli.Commands;

/// <summary>`moat doctor`: checks what this machine offers, and says what to do about the rest.</summary>
internal static class DoctorCommand
{
    /// <summary>The command.</summary>
    internal static Command Create()
    {
        var command = new Command("doctor",
            "Check that this machine can run sandboxes, and explain what is missing.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        int failures = 0;
        foreach (Finding finding in HostChecks.Run())
        {
            failures += finding.Good ? 0 : 1;
            string line = finding.Good ? $"ok    {finding.What}" : $"FAIL  {finding.What}: {finding.Advice}";
            System.Console.Out.Write(line + "\n");
        }

        System.Console.Out.Write(failures == 0 ? "this machine can run Moat\n" : $"{failures} problem(s)\n");
        return failures == 0 ? 0 : 1;
    }
}
