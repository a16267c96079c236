// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Workload.Tests;

/// <summary>A script that is run by bash on the host and in the sandbox; both must print and exit the
/// same.</summary>
/// <param name="Name">A short name.</param>
/// <param name="Script">The script; its working directory is fresh, empty and its own.</param>
/// <param name="TimeoutSeconds">How long it may take on either side.</param>
internal sealed record Workload(string Name, string Script, int TimeoutSeconds = 60)
{
    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);
}
