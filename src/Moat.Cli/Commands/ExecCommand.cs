// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Containers;
using Moat.Cli.Errors;
using Moat.Cli.Launching;
using Moat.Control.Boot;
using Moat.Control.Messages;
using Moat.Host.Files;
using Moat.Host.Shared;
using Moat.Host.Signals;
using Moat.Oci.Spec;
using Moat.Oci.Validation;

namespace Moat.Cli.Commands;

/// <summary>`moat exec`: one more process in a running container.</summary>
internal static class ExecCommand
{
    /// <summary>The command with its options.</summary>
    internal static Command Create(Option<string> root)
    {
        var environment = new Option<string[]>("--env", "-e")
        {
            Description = "Set NAME=VALUE over the container's own", HelpName = "NAME=VALUE",
        };
        var cwd = new Option<string>("--cwd") { Description = "Working directory", HelpName = "DIR" };
        var user = new Option<string>("--user", "-u")
        {
            Description = "Run as this user", HelpName = "UID[:GID]",
        };
        var process = new Option<string>("--process", "-p")
        {
            Description = "JSON file with an OCI process in place of the other options", HelpName = "PATH",
        };
        var id = new Argument<string>("ID") { Description = "Name of the container" };
        var words = new Argument<string[]>("COMMAND") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("exec", "Run one more process in a running container.")
        {
            environment, cwd, user, process, id, words,
        };
        command.SetAction(parsed =>
        {
            var store = new ContainerStore(parsed.GetValue(root));
            string name = parsed.GetValue(id)!;
            MoatError? error = Base(store, name, parsed.GetValue(process), out OciProcess? wanted);
            error ??= Change(
                ref wanted!, parsed.GetValue(words) ?? [], parsed.GetValue(environment) ?? [],
                parsed.GetValue(cwd), parsed.GetValue(user));
            error ??= SpecValidator.Check(wanted!) is string problem ? MoatError.Of(problem) : null;
            return error != null ? ErrorText.Report(error)
                : Run(store, name, SpecTranslator.Process(wanted!));
        });
        return command;
    }

    /// <summary>The process to start from: the given file's, or the container's first.</summary>
    private static MoatError? Base(ContainerStore store, string id, string? file, out OciProcess? process)
    {
        process = null;
        if (file != null)
        {
            try
            {
                process = JsonSerializer.Deserialize(File.ReadAllText(file), OciJson.Default.OciProcess);
                return process == null ? MoatError.Of($"{file}: is empty") : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return MoatError.Of($"{file}: {e.Message}");
            }
        }

        MoatError? error = store.Load(id, out OciState? state);
        OciSpec? spec = null;
        error ??= BundleReader.Read(state!.Bundle, out spec);
        process = spec?.Process == null ? null : spec.Process with { Terminal = false };
        return error ?? (process == null ? MoatError.Of("config.json: process: must be given") : null);
    }

    private static MoatError? Change(
        ref OciProcess process, string[] words, string[] environment, string? cwd, string? user)
    {
        var variables = new List<string>(process.Env ?? []);
        foreach (string variable in environment)
        {
            string name = variable[..(variable.IndexOf('=') + 1)];
            variables.RemoveAll(v => name.Length > 0 && v.StartsWith(name, StringComparison.Ordinal));
            variables.Add(variable);
        }

        process = process with
        {
            Env = variables, Cwd = cwd ?? process.Cwd, Args = words.Length > 0 ? words : process.Args,
            Terminal = HostTerminal.IsTerminal(0),
        };
        if (user == null)
        {
            return null;
        }

        string[] parts = user.Split(':');
        uint gid = 0;
        if (parts.Length > 2 || !uint.TryParse(parts[0], out uint uid)
            || (parts.Length == 2 && !uint.TryParse(parts[1], out gid)))
        {
            return MoatError.Of($"--user {user}: must be UID or UID:GID");
        }

        process = process with { User = new OciUser { Uid = uid, Gid = gid } };
        return null;
    }

    private static int Run(ContainerStore store, string id, ProcessRequest process)
    {
        MoatError? error = ContainerState.Get(store, id, out OciState? state);
        if (error == null && state!.Status != ContainerState.Running)
        {
            error = MoatError.Of($"{id}: is {state.Status}; only a running container can execute");
        }

        if (error != null)
        {
            return ErrorText.Report(error);
        }

        SignalPipe? signals = Supervisor.CatchSignals();
        Result<int> memfd = Memfd.FromBytes("exec", BootFormat.Write(process), MemfdFlags.CloseOnExec);
        if (!memfd.TryGet(out int payload, out Errno failure))
        {
            return ErrorText.Report(MoatError.Of($"exec: {ErrorText.Of(failure)}"));
        }

        ContainerConnection? connection = ContainerConnection.Open(store, id);
        if (connection?.Send(new ControlMessage(ControlKind.Exec), payload, 0, 1, 2) != true)
        {
            return ErrorText.Report(MoatError.Of($"{id}: has stopped"));
        }

        HostFile.Close(payload);
        return Supervisor.Run(new RunningKernel(0, -1, connection.Fd, -1), signals, null);
    }
}
