// SPDX-License-Identifier: Apache-2.0
using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using Moat.Cli.Errors;
using Moat.Cli.Launching;
using Moat.Control.Boot;
using Moat.Host.Signals;
using Moat.Oci.Spec;

namespace Moat.Cli.Commands;

/// <summary>`moat do`: one command on the host's own root file system, which stays untouched.</summary>
internal static class DoCommand
{
    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        Option<string> root = Named(
            "--rootfs", "Root file system: a directory, or an EROFS, tar, docker or OCI image", "PATH");
        var volumes = new Option<string[]>("--volume", "-v")
        {
            Description = "Make HOST of this machine visible at GUEST. OPTIONS, with commas: "
                + VolumeText.Options + " (nobody changes it meanwhile: cached; needs ro). "
                + "Without: rw,nosuid,nodev,shared",
            HelpName = "HOST:GUEST[:OPTIONS]",
        };
        var environment = new Option<string[]>("--env", "-e")
        {
            Description = "Set NAME=VALUE, or pass NAME on (all are passed on unless --clear-env)",
            HelpName = "NAME=VALUE",
        };
        var clear = new Option<bool>("--clear-env") { Description = "Pass on no variables but --env's" };
        var cwd = new Option<string>("--cwd", "-w") { Description = "Working directory", HelpName = "DIR" };
        var user = new Option<string>("--user", "-u")
        {
            Description = "Run as this user", HelpName = "UID[:GID]|NAME",
        };
        Option<string> timeout = Named(
            "--timeout", "End the sandbox after this many seconds, with status 124", "SECONDS");
        var strace = new Option<string>("--strace")
        {
            Description = "Print system calls: all, or those named", Arity = ArgumentArity.ZeroOrOne,
            HelpName = "CALLS",
        };
        var stats = new Option<bool>("--stats") { Description = "Print what system calls cost, at the end" };
        Option<string> hostname = Named("--hostname", "Host name inside", "NAME");
        Option<string> net = Choice("--net", "Network: none", "none");
        Option<string> direct = Choice(
            "--memory-calls", "How guest memory calls are allowed: direct (default) or strict", "direct",
                "strict");
        Option<string> patching = Choice(
            "--patching", "Rewrite hot system call instructions into jumps: on (default) or off", "on",
                "off");
        var layers = new LayerOptions();
        var trace = new Option<bool>("--trace-start") { Description = "Print where the start's time went" };
        var words = new Argument<string[]>("COMMAND") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("do", DoHelp.Text)
        {
            root, volumes, environment, clear, cwd, user, timeout, strace, stats, hostname, net, direct,
            patching, trace, words,
        };
        layers.AddTo(command);
        command.Validators.Add(result =>
            AddErrorIf(result.GetValue(words) is null or [] && result.GetValue(root) is null, result));
        command.SetAction(parsed => Run(layers.Read(parsed, new DoOptions
        {
            RootFileSystem = parsed.GetValue(root),
            Words = parsed.GetValue(words) ?? [],
            Volumes = parsed.GetValue(volumes) ?? [],
            Environment = parsed.GetValue(environment) ?? [],
            ClearEnvironment = parsed.GetValue(clear),
            WorkingDirectory = parsed.GetValue(cwd),
            User = parsed.GetValue(user),
            Timeout = parsed.GetValue(timeout),
            Strace = parsed.GetResult(strace) == null ? null : parsed.GetValue(strace) ?? "all",
            Statistics = parsed.GetValue(stats),
            Hostname = parsed.GetValue(hostname),
            DirectMemoryCalls = parsed.GetValue(direct) != "strict",
            PatchCallSites = parsed.GetValue(patching) != "off",
            TraceStart = parsed.GetValue(trace),
        })));
        return command;
    }

    /// <summary>What an image may say stays open, and its users are those of its own files.</summary>
    private static ProcessRequest Process(ProcessRequest process, DoOptions options) =>
        options.RootFileSystem == null ? process : process with
        {
            Arguments = options.Words,
            WorkingDirectory = options.WorkingDirectory ?? "",
            UserName = options.User ?? "",
            Groups = [],
        };

    // An image may name a command of its own; this machine's files do not.
    private static void AddErrorIf(bool isMissing, CommandResult result)
    {
        if (isMissing)
        {
            result.AddError("Required argument missing for command: 'do'.");
        }
    }

    private static Option<string> Named(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name)
        {
            Description = description, HelpName = string.Join('|', values),
        };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    /// <summary>Runs it; returns the exit status.</summary>
    internal static int Run(DoOptions options)
    {
        StartTrace trace = LaunchTrace.Begin();
        MoatError? error = DoSpec.Compose(options, out OciSpec? spec);
        if (error != null)
        {
            return ErrorText.Report(error);
        }

        TimeSpan? timeout = null;
        if (options.Timeout is string text)
        {
            if (!double.TryParse(text.TrimEnd('s'), out double seconds) || seconds is not (> 0 and < 1e9))
            {
                return ErrorText.Report(MoatError.Of($"--timeout {text}: not a number of seconds above 0"));
            }

            timeout = TimeSpan.FromSeconds(seconds);
        }

        string place = Environment.CurrentDirectory;
        error = SpecTranslator.Translate(spec!, place, "do", out LaunchPlan? plan);
        if (error != null)
        {
            return ErrorText.Report(error);
        }

        error = OverlayPlan.Add(LayerOptions.Request(options), Environment.CurrentDirectory, ref plan!);
        if (error != null)
        {
            return ErrorText.Report(error);
        }

        plan = plan with
        {
            Request = plan.Request with
            {
                RootName = options.RootFileSystem ?? "/",
                TakesImageDefaults = options.RootFileSystem != null,
                Process = Process(plan.Request.Process, options),
                Strace = options.Strace,
                Statistics = options.Statistics,
                DirectMemoryCalls = options.DirectMemoryCalls,
                PatchCallSites = options.PatchCallSites,
                TraceStart = options.TraceStart,
            },
            Log = options.Strace != null || options.Statistics ? 2 : -1,
            Trace = trace,
        };
        trace.Mark("compose the specification");
        SignalPipe? signals = Supervisor.CatchSignals();
        error = KernelLauncher.Launch(plan, out RunningKernel? kernel);
        int status = error != null ? ErrorText.Report(error) : Supervisor.Run(kernel!, signals, timeout);
        if (options.TraceStart)
        {
            LaunchTrace.Print(trace);
        }

        return status;
    }
}
