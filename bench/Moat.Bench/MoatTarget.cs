// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>The sandbox under test: <c>moat do</c>.</summary>
/// <param name="options">More options for it.</param>
internal sealed class MoatTarget(IReadOnlyList<string> options) : Target("moat")
{
    // Its root is a copy of the host's: what is written to the volume's own path stays inside.
    public override string Directory(Place place) => place switch
    {
        Place.Volume => Workspace.VolumeInside,
        Place.Root => Workspace.Volume,
        _ => "/tmp",
    };

    protected override IReadOnlyList<string> InSandbox(IReadOnlyList<string> words)
    {
        List<string> all = [Repository.MoatBinary(), "do", .. options];
        // Only what needs the inputs pays for the volume: a plain `moat do` is what people type.
        foreach (string word in words)
        {
            if (word.Contains(Workspace.Inside + "/", StringComparison.Ordinal))
            {
                all.AddRange(["--volume", $"{Workspace.Bin}:{Workspace.Inside}:ro"]);
                break;
            }
        }
        if (words.Contains(Workspace.VolumeInside))
        {
            all.AddRange(["--volume", $"{Workspace.Volume}:{Workspace.VolumeInside}"]);
        }
        return [.. all, "--", .. words];
    }
}
