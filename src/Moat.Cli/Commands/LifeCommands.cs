// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Threading;
using Moat.Cli.Containers;
using Moat.Cli.Errors;
using Moat.Control.Messages;
using Moat.Oci.Spec;

namespace Moat.Cli.Commands;

/// <summary>`start`, `kill`, `delete`, `state` and `list`.</summary>
internal static class LifeCommands
{
    private const int PollMilliseconds = 10;
    private const int LongestWaitMilliseconds = 10_000;

    /// <summary>Adds the commands.</summary>
    internal static void AddTo(RootCommand command, Option<string> root)
    {
        command.Subcommands.Add(Simple("start", "Run the process of a created container.", root, Start));
        command.Subcommands.Add(Simple("state", "Print a container's state as JSON.", root, State));
        command.Subcommands.Add(CreateKill(root));
        command.Subcommands.Add(CreateDelete(root));
        var list = new Command("list", "List containers.");
        list.SetAction(parsed => List(new ContainerStore(parsed.GetValue(root))));
        command.Subcommands.Add(list);
    }

    private static Command Simple(
        string name, string help, Option<string> root, Func<ContainerStore, string, int> action)
    {
        var id = new Argument<string>("ID") { Description = "Name of the container" };
        var command = new Command(name, help) { id };
        command.SetAction(parsed => action(new ContainerStore(parsed.GetValue(root)), parsed.GetValue(id)!));
        return command;
    }

    private static Command CreateKill(Option<string> root)
    {
        var id = new Argument<string>("ID") { Description = "Name of the container" };
        var signal = new Argument<string>("SIGNAL")
        {
            Description = "Name or number", DefaultValueFactory = _ => "TERM",
        };
        var all = new Option<bool>("--all", "-a") { Description = "Send it to all processes" };
        var command = new Command("kill", "Send a signal to a container's first process.")
        {
            id, signal, all,
        };
        command.SetAction(parsed => Kill(
            new ContainerStore(parsed.GetValue(root)), parsed.GetValue(id)!, parsed.GetValue(signal)!,
            parsed.GetValue(all)));
        return command;
    }

    private static Command CreateDelete(Option<string> root)
    {
        var id = new Argument<string>("ID") { Description = "Name of the container" };
        var force = new Option<bool>("--force", "-f") { Description = "End it first if it runs" };
        var command = new Command("delete", "Remove a stopped container.") { id, force };
        command.SetAction(parsed => Delete(
            new ContainerStore(parsed.GetValue(root)), parsed.GetValue(id)!, parsed.GetValue(force)));
        return command;
    }

    private static int Start(ContainerStore store, string id)
    {
        MoatError? error = ContainerState.Get(store, id, out OciState? state);
        if (error == null && state!.Status != ContainerState.Created)
        {
            error = MoatError.Of($"{id}: is {state.Status}; only a created container can be started");
        }

        using ContainerConnection? connection = error == null ? ContainerConnection.Open(store, id) : null;
        error ??= connection == null ? MoatError.Of($"{id}: has stopped") : null;
        error ??= connection!.Ask(new ControlMessage(ControlKind.Start), out _);
        return error == null ? 0 : ErrorText.Report(error);
    }

    private static int State(ContainerStore store, string id)
    {
        if (ContainerState.Get(store, id, out OciState? state) is MoatError error)
        {
            return ErrorText.Report(error);
        }

        Console.Out.Write(JsonSerializer.Serialize(state, OciJson.Default.OciState) + "\n");
        return 0;
    }

    private static int Kill(ContainerStore store, string id, string signalName, bool all)
    {
        int signal = SignalNames.Parse(signalName);
        MoatError? error = signal < 0
            ? MoatError.Of($"{signalName}: not a signal; use a name such as TERM or a number 1-64") : null;
        OciState? state = null;
        error ??= ContainerState.Get(store, id, out state);
        if (error == null && state!.Status == ContainerState.Stopped)
        {
            error = MoatError.Of($"{id}: has stopped already");
        }

        using ContainerConnection? connection = error == null ? ContainerConnection.Open(store, id) : null;
        if (error == null && connection?.Send(new ControlMessage(
            all ? ControlKind.SignalAll : ControlKind.Signal, signal)) != true)
        {
            error = MoatError.Of($"{id}: has stopped already");
        }

        return error == null ? 0 : ErrorText.Report(error);
    }

    private static int Delete(ContainerStore store, string id, bool force)
    {
        MoatError? error = ContainerState.Get(store, id, out OciState? state);
        if (error != null)
        {
            return force ? 0 : ErrorText.Report(error);
        }

        if (state!.Status != ContainerState.Stopped)
        {
            if (!force && state.Status == ContainerState.Running)
            {
                return ErrorText.Report(MoatError.Of($"{id}: is running; kill it first, or use --force"));
            }

            error = End(store, id);
        }

        if (error != null)
        {
            return ErrorText.Report(error);
        }

        store.Remove(id);
        return 0;
    }

    private static MoatError? End(ContainerStore store, string id)
    {
        using (ContainerConnection? connection = ContainerConnection.Open(store, id))
        {
            connection?.Send(new ControlMessage(ControlKind.Kill));
        }

        for (int waited = 0; waited < LongestWaitMilliseconds; waited += PollMilliseconds)
        {
            using ContainerConnection? still = ContainerConnection.Open(store, id);
            if (still == null)
            {
                return null;
            }

            Thread.Sleep(PollMilliseconds);
        }

        return MoatError.Of($"{id}: does not end; kill its kernel process");
    }

    private static int List(ContainerStore store)
    {
        IReadOnlyList<string> names = store.Names();
        Console.Out.Write($"{"ID",-24} {"PID",-8} {"STATUS",-8} {"CREATED",-28} BUNDLE\n");
        foreach (string name in names)
        {
            if (ContainerState.Get(store, name, out OciState? state) == null)
            {
                Console.Out.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{state!.Id,-24} {state.Pid,-8} {state.Status,-8} ")
                    + $"{state.Created,-28} {state.Bundle}\n");
            }
        }

        return 0;
    }
}
