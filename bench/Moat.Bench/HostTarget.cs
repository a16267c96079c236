// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.IO;

namespace Moat.Bench;

/// <summary>No sandbox at all. Scratch files are in /dev/shm, so that every column writes to a
/// tmpfs.</summary>
internal sealed class HostTarget() : Target("host")
{
    public override string Bin => Workspace.Bin;

    public override string Directory(Place place) => place == Place.Scratch ? "/dev/shm" : Workspace.Volume;

    public override void CleanUp()
    {
        string work = Path.Combine(Scratch, ProgramRows.WorkDirectory);
        if (System.IO.Directory.Exists(work))
        {
            System.IO.Directory.Delete(work, recursive: true);
        }
    }

    protected override IReadOnlyList<string> InSandbox(IReadOnlyList<string> words) => words;
}
