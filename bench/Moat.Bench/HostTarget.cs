// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>No sandbox at all. Scratch files are in /dev/shm, so that every column writes to a
/// tmpfs.</summary>
internal sealed class HostTarget() : Target("host")
{
    public override string Micro => Workspace.Micro;

    public override Command Prepare(IReadOnlyList<string> words, TimeSpan timeout) => new(Identity.Root,
        words)
    {
        Timeout = timeout,
        Environment = new Dictionary<string, string> { ["MICRO_DIRECTORY"] = "/dev/shm",
            ["TMPDIR"] = "/dev/shm" },
    };
}
