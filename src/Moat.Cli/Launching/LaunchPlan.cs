// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Control.Boot;

namespace Moat.Cli.Launching;

/// <summary>What is to be started: the request, and the host paths behind its descriptors.</summary>
internal sealed record LaunchPlan
{
    /// <summary>The request; descriptor numbers are filled in by the launcher.</summary>
    internal required BootRequest Request { get; init; }

    /// <summary>Directory of the host that becomes the root file system, or an image of one.</summary>
    internal required string RootPath { get; init; }

    /// <summary>Directory of the host that keeps the changes to it; null for memory or none.</summary>
    internal string? OverlayPath { get; init; }

    /// <summary>The lock of that directory, or -1.</summary>
    internal int OverlayLock { get; init; } = -1;

    /// <summary>Directories of the host that are layers over the root, uppermost first.</summary>
    internal IReadOnlyList<string> LayerPaths { get; init; } = [];

    /// <summary>Where the changes are written as a tar at the end, or -1.</summary>
    internal int Export { get; init; } = -1;

    /// <summary>Host paths of the bind mounts and cgroup directories, one for each, in order.</summary>
    internal IReadOnlyList<string> BindSources { get; init; } = [];

    /// <summary>Cgroups that the kernel process joins before anything else.</summary>
    internal IReadOnlyList<CgroupDirectory> Cgroups { get; init; } = [];

    /// <summary>End the sandbox when this process ends.</summary>
    internal bool DieWithCaller { get; init; } = true;

    /// <summary>Standard streams of the first process, as descriptors of this process.</summary>
    internal int Stdin { get; init; }
    internal int Stdout { get; init; } = 1;
    internal int Stderr { get; init; } = 2;

    /// <summary>Where strace and diagnostics go, or -1.</summary>
    internal int Log { get; init; } = -1;

    /// <summary>Gathers what takes how long.</summary>
    internal StartTrace Trace { get; init; } = new("moat");

    /// <summary>A listening control socket, or -1.</summary>
    internal int Listener { get; init; } = -1;
}
