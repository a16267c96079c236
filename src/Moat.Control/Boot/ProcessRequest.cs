// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Control.Boot;

/// <summary>A guest process to start: a sandbox's first one, or one of `exec`.</summary>
public sealed record ProcessRequest
{
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public IReadOnlyList<string> Environment { get; init; } = [];
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>
    /// "" when the ids are given; otherwise a name to look up in the guest's /etc/passwd ("name" or
    /// "name:group", each of them a name or a number); who is not root then has no capabilities.
    /// </summary>
    public string UserName { get; init; } = "";

    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public IReadOnlyList<uint> Groups { get; init; } = [];
    public uint Umask { get; init; } = 0x12;

    /// <summary>Capability sets as masks.</summary>
    public ulong BoundingCapabilities { get; init; }
    public ulong EffectiveCapabilities { get; init; }
    public ulong PermittedCapabilities { get; init; }
    public ulong InheritableCapabilities { get; init; }
    public ulong AmbientCapabilities { get; init; }

    public bool NoNewPrivileges { get; init; }
    public IReadOnlyList<RlimitRequest> Limits { get; init; } = [];

    /// <summary>Standard streams are to be a terminal: the caller's own, or one that Moat makes.</summary>
    public bool Terminal { get; init; }

    /// <summary>The three standard streams' descriptors in the kernel process.</summary>
    public int StdinFd { get; init; }
    public int StdoutFd { get; init; } = 1;
    public int StderrFd { get; init; } = 2;
}
