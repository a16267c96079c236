// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Moat.Cli.Commands;

/// <summary>Options that `run` and `create` share.</summary>
internal sealed class CreateOptions
{
    internal readonly Option<string> Bundle = new("--bundle", "-b")
    {
        Description = "Directory of the bundle", HelpName = "DIR", DefaultValueFactory = _ => ".",
    };

    internal readonly Option<string> ConsoleSocketPath = new("--console-socket")
    {
        Description = "AF_UNIX socket that gets the terminal's master side", HelpName = "PATH",
    };

    internal readonly Option<string> PidFile = new("--pid-file")
    {
        Description = "Write the kernel process's number here", HelpName = "PATH",
    };

    internal readonly Option<bool> TraceStart = new("--trace-start")
    {
        Description = "Print at the end where the time of the start went",
    };

    internal readonly Argument<string> Id = new("ID") { Description = "Name of the container" };

    /// <summary>Adds them to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Options.Add(Bundle);
        command.Options.Add(ConsoleSocketPath);
        command.Options.Add(PidFile);
        command.Options.Add(TraceStart);
        command.Arguments.Add(Id);
    }
}
