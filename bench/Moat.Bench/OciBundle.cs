// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Moat.Bench;

/// <summary>Writes a bundle: an empty root with the host's directories mounted read-only, its own /proc,
/// /dev and /tmp.</summary>
internal static class OciBundle
{
    private static readonly string[] s_capabilities =
        ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
            "CAP_SYS_CHROOT"];

    /// <summary>A directory of the root file system; with it among the words the root can be written
    /// to.</summary>
    public const string RootScratch = "/scratch";

    /// <summary>Writes it; <paramref name="fifo"/> gives the container's cgroup a share of real-time
    /// scheduling, without which a kernel with group scheduling takes no such process in.</summary>
    public static void Write(string bundle, IReadOnlyList<string> words, bool fifo)
    {
        string root = Path.Combine(bundle, "rootfs");
        foreach (string directory in (string[])
            ["usr", "etc", "tmp", "proc", "dev", "bench", "scratch", "volume"])
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
        }
        foreach (string link in (string[])["bin", "lib", "lib64", "sbin"])
        {
            string path = Path.Combine(root, link);
            if (!File.Exists(path) && !Directory.Exists(path))
            {
                File.CreateSymbolicLink(path, "usr/" + link);
            }
        }
        JsonArray mounts =
        [
            Mount("/proc", "proc", "proc"),
            Mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=65536k"),
            Mount("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777"),
            Mount("/usr", "bind", "/usr", "rbind", "ro"),
            Mount("/etc", "bind", "/etc", "rbind", "ro"),
            Mount(Workspace.Inside, "bind", Workspace.Bin, "rbind", "ro"),
        ];
        if (words.Contains(Workspace.VolumeInside))
        {
            mounts.Add(Mount(Workspace.VolumeInside, "bind", Workspace.Volume, "rbind", "rw"));
        }
        JsonArray namespaces = [];
        foreach (string kind in (string[])["pid", "ipc", "uts", "mount", "network"])
        {
            namespaces.Add(new JsonObject { ["type"] = kind });
        }
        JsonObject capabilities = [];
        foreach (string set in (string[])["bounding", "effective", "permitted"])
        {
            capabilities[set] = Array(s_capabilities);
        }
        JsonObject config = new()
        {
            ["ociVersion"] = "1.0.2",
            ["process"] = new JsonObject
            {
                ["terminal"] = false,
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
                ["args"] = Array(words),
                ["env"] = Array(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp", "LC_ALL=C.UTF-8"]),
                ["cwd"] = "/",
                ["capabilities"] = capabilities,
                ["noNewPrivileges"] = true,
            },
            ["root"] = new JsonObject { ["path"] = "rootfs", ["readonly"] = !words.Contains(RootScratch) },
            ["hostname"] = "bench",
            ["mounts"] = mounts,
            ["linux"] = new JsonObject { ["namespaces"] = namespaces },
        };
        if (fifo)
        {
            config["linux"]!["resources"] = new JsonObject
            {
                ["cpu"] = new JsonObject { ["realtimePeriod"] = 1000000, ["realtimeRuntime"] = 900000 },
            };
        }
        File.WriteAllText(Path.Combine(bundle, "config.json"), config.ToJsonString());
    }

    private static JsonObject Mount(string where, string type, string source, params string[] options) =>
        new()
    {
        ["destination"] = where,
        ["type"] = type,
        ["source"] = source,
        ["options"] = Array(options),
    };

    private static JsonArray Array(IEnumerable<string> items)
    {
        JsonArray array = [];
        foreach (string item in items)
        {
            array.Add(item);
        }
        return array;
    }
}
