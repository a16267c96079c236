// SPDX-License-Identifier: Apache-2.0
using System;
using System.CommandLine;
using Moat.Cli.Errors;
using Moat.Cli.Launching;
using Moat.Control.Boot;
using Moat.Host.Signals;
using Moat.Oci.Spec;

namespace Moat.Cli.Commands;

/// <summary>`moat do`: one command on the host's own root file system, which stays untouched.</summary>
internal static class DoCommand
{
    private const string Help =
        "Run one command in a sandbox, on a throw-away copy of this machine's files.\n\n"
        + "Examples:\n"
        + "  moat do -- ls -la /\n"
        + "  moat do --volume $PWD:/work --cwd /work -- make -j2\n"
        + "  moat do --volume /data:/data:ro --timeout 30 -- python3 job.py\n"
        + "  moat do --overlay ~/box --overlay-size 2G -- apt-get install -y jq\n"
        + "  moat do --export layer.tar -- make install\n"
        + "  moat do --strace=openat,read -- cat /etc/hostname";

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var volumes = new Option<string[]>("--volume", "-v")
        {
            Description = "Make HOST:GUEST[:ro] of this machine visible, and writable unless :ro",
            HelpName = "HOST:GUEST[:ro]",
        };
        var environment = new Option<string[]>("--env", "-e")
        {
            Description = "Set NAME=VALUE, or pass NAME on (all are passed on unless --clear-env)",
            HelpName = "NAME=VALUE",
        };
        var clear = new Option<bool>("--clear-env")
        {
            Description = "Pass no variables on but those of --env",
        };
        var cwd = new Option<string>("--cwd", "-w") { Description = "Working directory", HelpName = "DIR" };
        var user = new Option<string>("--user", "-u")
        {
            Description = "Run as this user", HelpName = "UID[:GID]|NAME",
        };
        var timeout = new Option<string>("--timeout")
        {
            Description = "End the sandbox after this many seconds, with status 124", HelpName = "SECONDS",
        };
        var strace = new Option<string>("--strace")
        {
            Description = "Print system calls: all, or those named", Arity = ArgumentArity.ZeroOrOne,
            HelpName = "CALLS",
        };
        var stats = new Option<bool>("--stats") { Description = "Print what system calls cost, at the end" };
        var hostname = new Option<string>("--hostname")
        {
            Description = "Host name inside", HelpName = "NAME",
        };
        Option<string> net = Choice("--net", "Network: none", "none");
        Option<string> direct = Choice(
            "--memory-calls", "How guest memory calls are allowed: direct (default) or strict", "direct",
                "strict");
        Option<string> patching = Choice(
            "--patching", "Rewrite hot system call instructions into jumps: on (default) or off", "on",
                "off");
        var layers = new LayerOptions();
        var trace = new Option<bool>("--trace-start") { Description = "Print where the start's time went" };
        var words = new Argument<string[]>("COMMAND") { Arity = ArgumentArity.OneOrMore };
        var command = new Command("do", Help)
        {
            volumes, environment, clear, cwd, user, timeout, strace, stats, hostname, net, direct, patching,
            trace, words,
        };
        layers.AddTo(command);
        command.SetAction(parsed => Run(layers.Read(parsed, new DoOptions
        {
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

        error = SpecTranslator.Translate(spec!, "/", "do", out LaunchPlan? plan);
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
