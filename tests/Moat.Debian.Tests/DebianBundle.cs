// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text.Json.Nodes;
using Moat.Testing;

namespace Moat.Debian.Tests;

/// <summary>
/// An OCI bundle whose root file system is a throw-away copy of Debian's: the host's overlayfs over it, which
/// both runtimes write to.
/// </summary>
internal sealed class DebianBundle : IDisposable
{
    private static readonly string[] s_capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_SYS_CHROOT", "CAP_KILL",
    ];

    private readonly string _root;

    internal DebianBundle(DebianScript script)
    {
        Path = TestArea.NewPath("debian");
        _root = System.IO.Path.Combine(Path, "rootfs");
        string upper = System.IO.Path.Combine(Path, "upper");
        string work = System.IO.Path.Combine(Path, "work");
        foreach (string directory in (string[])[_root, upper, work])
        {
            Directory.CreateDirectory(directory);
        }
        Run("mount", "-t", "overlay", "overlay", "-o",
            $"lowerdir={DebianRoot.Path},upperdir={upper},workdir={work}", _root);
        File.Copy(script.FilePath, System.IO.Path.Combine(_root, "script.sh"));
        Run("sh", "-c", $"cd {Path} && runc spec");
        Configure(System.IO.Path.Combine(Path, "config.json"));
    }

    internal string Path { get; }

    public void Dispose()
    {
        Run("umount", _root);
        TestArea.Remove(Path);
    }

    private static void Configure(string path)
    {
        JsonNode spec = JsonNode.Parse(File.ReadAllText(path))!;
        spec["root"]!["readonly"] = false;
        JsonNode process = spec["process"]!;
        process["terminal"] = false;
        process["args"] = new JsonArray("/bin/bash", "/script.sh");
        process["env"] = new JsonArray(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
            "LANG=C.UTF-8");
        process["rlimits"] = new JsonArray();
        foreach (string set in (string[])["bounding", "effective", "permitted"])
        {
            var names = new JsonArray();
            foreach (string name in s_capabilities)
            {
                names.Add(name);
            }
            process["capabilities"]![set] = names;
        }
        File.WriteAllText(path, spec.ToJsonString());
    }

    private static void Run(params string[] words)
    {
        CommandResult result = new Command(Identity.Root, words).Run();
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', words)}:\n{result.Transcript()}");
        }
    }
}
