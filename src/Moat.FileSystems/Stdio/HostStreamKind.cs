// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Stdio;

/// <summary>What an inherited host descriptor is, as far as reading and writing it goes.</summary>
internal enum HostStreamKind
{
    /// <summary>A regular file, block device or character device that is always ready: plain calls.</summary>
    Plain,

    /// <summary>A pipe, terminal or device of which we could open a non-blocking file of our own.</summary>
    NonBlocking,

    /// <summary>The same, where we could not: look first, then move little.</summary>
    Blocking,

    /// <summary>A socket: MSG_DONTWAIT.</summary>
    Socket,
}
