// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Cli.Commands;

/// <summary>What the caller of `moat do` asked for.</summary>
internal sealed record DoOptions
{
    internal IReadOnlyList<string> Words { get; init; } = [];
    internal string? RootFileSystem { get; init; }
    internal IReadOnlyList<string> Volumes { get; init; } = [];
    internal IReadOnlyList<string> Environment { get; init; } = [];
    internal bool ClearEnvironment { get; init; }
    internal string? WorkingDirectory { get; init; }
    internal string? User { get; init; }
    internal string? Timeout { get; init; }
    internal string? Strace { get; init; }
    internal bool Statistics { get; init; }
    internal string? Hostname { get; init; }
    internal bool DirectMemoryCalls { get; init; } = true;
    internal bool PatchCallSites { get; init; } = true;
    internal string? Overlay { get; init; }
    internal string? OverlaySize { get; init; }
    internal IReadOnlyList<string> OverlayLayers { get; init; } = [];
    internal string? Export { get; init; }
    internal bool TraceStart { get; init; }
}
