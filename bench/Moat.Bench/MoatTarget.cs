// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>The sandbox under test: <c>moat do</c>.</summary>
internal sealed class MoatTarget() : Target("moat")
{
    public override string Micro => Workspace.Inside + "/micro";

    public override Command Prepare(IReadOnlyList<string> words, TimeSpan timeout) =>
        new(Identity.Root, [Repository.MoatBinary(), "do", "--volume",
            $"{Workspace.Bin}:{Workspace.Inside}:ro", "--", .. words]) { Timeout = timeout };
}
