// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.IO;
using Moat.Cli.Containers;
using Moat.Cli.Errors;
using Moat.Cli.Launching;
using Moat.Host.Signals;

namespace Moat.Cli.Commands;

/// <summary>`moat run` and `moat create`: a container of a bundle.</summary>
internal static class RunCommand
{
    /// <summary>`run`: create, start, wait, delete.</summary>
    internal static Command CreateRun(Option<string> root)
    {
        var options = new CreateOptions();
        var detach = new Option<bool>("--detach", "-d") { Description = "Do not wait for its end" };
        var keep = new Option<bool>("--keep")
        {
            Description = "Do not delete the container when it has ended",
        };
        var command = new Command("run", "Create and start a container of an OCI bundle.") { detach, keep };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            bool detached = parsed.GetValue(detach);
            CreateRequest request = Request(parsed, options, root, detached, false);
            SignalPipe? signals = detached ? null : Supervisor.CatchSignals();
            MoatError? error = ContainerCreator.Create(request, out RunningKernel? kernel);
            if (error != null)
            {
                return ErrorText.Report(error);
            }

            int status = detached ? 0 : Supervisor.Run(kernel!, signals, null);
            if (!detached && !parsed.GetValue(keep))
            {
                request.Store.Remove(request.Id);
            }

            if (request.TraceStart)
            {
                LaunchTrace.Print(request.Trace);
            }

            return status;
        });
        return command;
    }

    /// <summary>`create`: everything but the start of the first process.</summary>
    internal static Command CreateCreate(Option<string> root)
    {
        var options = new CreateOptions();
        var command = new Command("create", "Create a container of an OCI bundle; `start` runs its process.");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            CreateRequest request = Request(parsed, options, root, true, true);
            MoatError? error = ContainerCreator.Create(request, out _);
            return error == null ? 0 : ErrorText.Report(error);
        });
        return command;
    }

    private static CreateRequest Request(
        ParseResult parsed, CreateOptions options, Option<string> root, bool detached,
        bool waitForStart) => new(
        new ContainerStore(parsed.GetValue(root)), parsed.GetValue(options.Id)!,
        Path.GetFullPath(parsed.GetValue(options.Bundle)!), parsed.GetValue(options.ConsoleSocketPath),
        parsed.GetValue(options.PidFile), detached, waitForStart)
    {
        TraceStart = parsed.GetValue(options.TraceStart),
    };
}
