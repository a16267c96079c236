// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.IO;
using System.Text.Json;
using Moat.Cli.Errors;
using Moat.Oci.Spec;
using Moat.Oci.Validation;

namespace Moat.Cli.Commands;

/// <summary>`moat spec`: writes a config.json to start from.</summary>
internal static class SpecCommand
{
    private const ulong DefaultCapabilities = (1UL << 5) | (1UL << 10) | (1UL << 29);

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var bundle = new Option<string>("--bundle", "-b")
        {
            Description = "Directory of the bundle", HelpName = "DIR", DefaultValueFactory = _ => ".",
        };
        var command = new Command("spec", "Write a new config.json into a bundle directory.") { bundle };
        command.SetAction(parsed => Run(parsed.GetValue(bundle)!));
        return command;
    }

    private static int Run(string bundle)
    {
        string path = Path.Combine(bundle, "config.json");
        if (File.Exists(path))
        {
            return ErrorText.Report(MoatError.Of($"{path}: exists already; remove it first"));
        }

        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(Default(), OciJson.Default.OciSpec) + "\n");
            return 0;
        }
        catch (IOException e)
        {
            return ErrorText.Report(MoatError.Of($"{path}: {e.Message}"));
        }
    }

    private static OciSpec Default()
    {
        var set = CapabilityNames.Format(DefaultCapabilities);
        return new OciSpec
        {
            OciVersion = OciJson.Version,
            Root = new OciRoot { Path = "rootfs", IsReadOnly = true },
            Hostname = "moat",
            Process = new OciProcess
            {
                Terminal = true,
                User = new OciUser(),
                Args = ["sh"],
                Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
                Cwd = "/",
                Capabilities = new OciCapabilities { Bounding = set, Effective = set, Permitted = set },
                Rlimits = [new OciRlimit { Type = "RLIMIT_NOFILE", Soft = 1024, Hard = 1024 }],
                NoNewPrivileges = true,
            },
            Mounts = DoSpec.StandardMounts(),
        };
    }
}
