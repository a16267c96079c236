// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>An OCI runtime running a bundle whose root file system is made of the host's directories,
/// read-only.</summary>
internal sealed class OciTarget(string name, string runtime, string[] options) : Target(name)
{
    private const string GroupScheduling = "/sys/fs/cgroup/cpu/cpu.rt_runtime_us";

    private static int s_counter;
    private readonly string _state = Path.Combine(Workspace.Root, "state", name);
    private readonly List<string> _started = [];

    public override string Directory(Place place) => place switch
    {
        Place.Volume => Workspace.VolumeInside,
        Place.Root => OciBundle.RootScratch,
        _ => "/tmp",
    };

    public override void CleanUp()
    {
        foreach (string id in _started)
        {
            if (System.IO.Directory.Exists(Path.Combine(_state, id))
                || System.IO.Directory.GetFiles(_state, id + "*").Length > 0)
            {
                new Command(Identity.Root, [runtime, .. options, "--root", _state, "delete", "--force",
                    id]).Run();
            }
        }
        _started.Clear();
    }

    protected override IReadOnlyList<string> InSandbox(IReadOnlyList<string> words)
    {
        string id = $"moat-bench-{Environment.ProcessId}-{++s_counter}";
        string bundle = Path.Combine(Workspace.Root, "bundles", Name);
        OciBundle.Write(bundle, words, Fifo && File.Exists(GroupScheduling));
        System.IO.Directory.CreateDirectory(_state);
        _started.Add(id);
        return [runtime, .. options, "--root", _state, "run", "--bundle", bundle, id];
    }
}
