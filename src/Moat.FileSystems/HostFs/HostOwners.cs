// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>Shows the owners that the host tells.</summary>
public sealed class HostOwners : IOwnerResolver
{
    /// <summary>The only one there need be.</summary>
    public static readonly HostOwners Instance = new();

    public void Resolve(int directoryFd, ReadOnlySpan<byte> name, in HostStatx stat, out uint uid,
        out uint gid) =>
        (uid, gid) = (stat.Uid, stat.Gid);
}
