// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>
/// Finds or fetches the runtimes to compare with: <c>runc</c> from the machine, installed when missing;
/// <c>runsc</c> unpacked from Debian's packages with an apt configuration of our own: the machine's sources
/// stay as they are.
/// </summary>
internal static class Peers
{
    private const string BookwormVersion = "0.0~20221219.0-2";
    private const string BackportsVersion = "0.0~20240729.0-4~bpo12";

    /// <summary>Makes the target of that name; throws with the reason when it cannot be had.</summary>
    public static Target Make(string name, BenchOptions options) => name switch
    {
        "host" => new HostTarget(),
        "moat" => new MoatTarget(options.MoatArgs),
        "runc" => new OciTarget(name, Runc(), []),
        "runsc" => new OciTarget(name, Runsc(BackportsVersion), ["--platform=systrap", "--network=none",
            "--ignore-cgroups"]),
        "runsc-2022" => new OciTarget(name, Runsc(BookwormVersion), ["--platform=ptrace", "--network=none",
            "--ignore-cgroups"]),
        _ => throw new ArgumentException($"bench: no peer '{name}'"),
    };

    private static string Runc()
    {
        foreach (string path in (string[])["/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc"])
        {
            if (File.Exists(path))
            {
                return path;
            }
        }
        string[] install = ["/usr/bin/apt-get", "install", "-qq", "-y", "-o", "DPkg::Lock::Timeout=120",
            "--no-install-recommends", "runc"];
        if (Workspace.Try(install, "/").ExitCode != 0)
        {
            // A fresh machine has no package lists yet. A source that cannot be reached is not our business:
            // whether runc is there now is.
            Workspace.Try(["/usr/bin/apt-get", "update", "-qq"], "/");
            Workspace.Must(install, "/");
        }
        return "/usr/sbin/runc";
    }

    private static string Runsc(string version)
    {
        string into = Path.Combine(Workspace.Root, "runsc-" + version);
        string binary = Path.Combine(into, "usr/bin/runsc");
        if (File.Exists(binary))
        {
            return binary;
        }
        string apt = Path.Combine(Workspace.Root, "apt");
        Directory.CreateDirectory(Path.Combine(apt, "lists/partial"));
        Directory.CreateDirectory(Path.Combine(apt, "cache/archives/partial"));
        const string Source = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
            + "http://deb.debian.org/debian";
        File.WriteAllText(Path.Combine(apt, "sources.list"),
            $"{Source} bookworm main\n{Source} bookworm-backports main\n");
        string[] options =
        [
            "-qq", "-o", $"Dir::Etc::SourceList={apt}/sources.list", "-o", "Dir::Etc::SourceParts=/dev/null",
            "-o", $"Dir::State::Lists={apt}/lists", "-o", $"Dir::Cache={apt}/cache", "-o",
                "APT::Sandbox::User=root",
        ];
        Workspace.Must(["/usr/bin/apt-get", .. options, "update"], apt);
        string exact = "";
        foreach (string line in Workspace.Must(["/usr/bin/apt-cache", .. options[1..], "madison", "runsc"],
            apt).Split('\n'))
        {
            string[] parts = line.Split('|', StringSplitOptions.TrimEntries);
            if (parts.Length > 1 && parts[1].StartsWith(version, StringComparison.Ordinal))
            {
                exact = parts[1];
            }
        }
        Workspace.Must(["/usr/bin/apt-get", .. options, "download", "runsc=" + exact], apt);
        string escaped = exact.Replace(":", "%3a", StringComparison.Ordinal);
        string package = Directory.GetFiles(apt, $"runsc_{escaped}_*.deb")[0];
        Workspace.Must(["/usr/bin/dpkg-deb", "-x", package, into], apt);
        return binary;
    }
}
