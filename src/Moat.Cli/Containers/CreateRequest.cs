// SPDX-License-Identifier: Apache-2.0
using Moat.Cli.Launching;
using Moat.Control.Boot;

namespace Moat.Cli.Containers;

/// <summary>What `run` and `create` were asked for.</summary>
/// <param name="Store">Where the container is kept.</param>
/// <param name="Id">Its name.</param>
/// <param name="Bundle">Absolute path of its bundle.</param>
/// <param name="ConsoleSocket">Where to send the terminal, or null.</param>
/// <param name="PidFile">Where to write the process number, or null.</param>
/// <param name="Detached">The container outlives this process.</param>
/// <param name="WaitForStart">Its process waits for `start`.</param>
internal sealed record CreateRequest(
    ContainerStore Store, string Id, string Bundle, string? ConsoleSocket, string? PidFile, bool Detached,
    bool WaitForStart)
{
    /// <summary>Print where the time of the start went.</summary>
    internal bool TraceStart { get; init; }

    /// <summary>Gathers it.</summary>
    internal StartTrace Trace { get; } = LaunchTrace.Begin();
}
