// SPDX-License-Identifier: Apache-2.0
using System;
using System.CommandLine;
using System.Text;
using Moat.Host.Files;
using Moat.Sandbox.Confinement;
using Moat.Syscalls.Dispatch;

namespace Moat.Cli.Commands;

/// <summary>`moat help TOPIC`: generated tables.</summary>
internal static class HelpCommand
{
    /// <summary>The command with its topics.</summary>
    internal static Command Create(RootCommand root)
    {
        var syscalls = new Command("syscalls", "System calls that guests can make.");
        syscalls.SetAction(_ => Print(SyscallTable.ToText()));
        var hostCalls = new Command("host-calls", "System calls that the kernel process may make, and why.");
        hostCalls.SetAction(_ => Print(FilterDocument.ToMarkdown()));
        var command = new Command("help",
            "Show help: `moat help syscalls`, `moat help host-calls`.") { syscalls, hostCalls };
        command.SetAction(_ => root.Parse(["--help"]).Invoke());
        return command;
    }

    private static int Print(string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty)
        {
            if (!HostFile.Write(1, rest).TryGet(out int count, out _))
            {
                return 1;
            }

            rest = rest[count..];
        }

        return 0;
    }
}
