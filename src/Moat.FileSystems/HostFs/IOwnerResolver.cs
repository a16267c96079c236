// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// Tells the guest's owner and group of a host file, where the host's own answer is not the one to show.
/// </summary>
/// <remarks>
/// In a user namespace every owner that is not mapped reads as 65534; a resolver outside the namespace can do
/// better. Answers are cached together with the attributes when the file system is exclusive.
/// </remarks>
public interface IOwnerResolver
{
    /// <summary>Finds the owner.</summary>
    /// <param name="directoryFd">O_PATH descriptor of the directory (of the file itself with an empty
    /// name).</param>
    /// <param name="name">The name in it.</param>
    /// <param name="stat">What the host says.</param>
    /// <param name="uid">The guest's owner.</param>
    /// <param name="gid">The guest's group.</param>
    void Resolve(int directoryFd, ReadOnlySpan<byte> name, in HostStatx stat, out uint uid, out uint gid);
}
