// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Moat.Cli.Commands;

/// <summary>All commands.</summary>
internal static class Root
{
    /// <summary>Builds the tree of commands.</summary>
    internal static RootCommand Create()
    {
        var root = new RootCommand(
            "Moat runs programs in sandboxes: an application kernel in user space stands between them and this machine.")
        {
            DoCommand.Create(),
            SpecCommand.Create(),
            DoctorCommand.Create(),
        };
        root.Subcommands.Add(HelpCommand.Create(root));
        return root;
    }
}
