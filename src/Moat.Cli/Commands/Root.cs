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
            "Moat runs programs in sandboxes: an application kernel in user space stands between them "
            + "and this machine.")
        {
            DoCommand.Create(),
            SpecCommand.Create(),
            DoctorCommand.Create(),
        };
        var store = new Option<string>("--root")
        {
            Description = "Directory that containers are kept in", HelpName = "DIR", Recursive = true,
        };
        root.Options.Add(store);
        root.Subcommands.Add(RunCommand.CreateRun(store));
        root.Subcommands.Add(RunCommand.CreateCreate(store));
        root.Subcommands.Add(ExecCommand.Create(store));
        LifeCommands.AddTo(root, store);
        root.Subcommands.Add(HelpCommand.Create(root));
        root.SetAction(_ => root.Parse(["--help"]).Invoke());
        return root;
    }
}
