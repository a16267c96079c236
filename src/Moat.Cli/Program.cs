// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using Moat.Cli.Commands;
using Moat.Cli.Errors;
using Moat.Host.Code;
using Moat.Host.Processes;
using Moat.Sandbox.Boot;

namespace Moat.Cli;

/// <summary>The `moat` command.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        PrebuiltCode.Use(Prebuilt.Find);

        // The kernel process starts here too, thousands of times a day: no command line machinery for it.
        if (args is ["boot"])
        {
            return SandboxBoot.Run();
        }

        Launching.LaunchTrace.EnterMain();
        StandardStreams.Ensure();
        if (PlainDo.TryRead(args, out DoOptions? options))
        {
            int status = DoCommand.Run(options);
            HostProcess.Exit(status);
            return status;
        }

        RootCommand root = Root.Create();
        string[] words = CommandSplitter.Split(root, args, out string? unknown);
        if (unknown != null)
        {
            return ErrorText.Report(MoatError.Of($"{unknown}: unknown option; see `moat {args[0]} --help`"));
        }

        if (args.Length > 0 && !args[0].StartsWith('-') && !CommandSplitter.Knows(root, args[0]))
        {
            return ErrorText.Report(MoatError.Of($"{args[0]}: unknown command; see `moat --help`"));
        }

        ParseResult parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        foreach (ParseError error in parsed.Errors)
        {
            string name = parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ";
            return ErrorText.Report(MoatError.Of($"{error.Message} See `moat {name}--help`."));
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
