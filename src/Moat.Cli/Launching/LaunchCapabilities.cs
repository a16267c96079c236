// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Cli.Launching;

/// <summary>Capabilities of a kernel process, all within its own user namespace only.</summary>
internal static class LaunchCapabilities
{
    /// <summary>Until it is confined: pivoting into an empty root, dropping the rest.</summary>
    internal const ulong Boot =
        (1UL << (int)Capability.SysAdmin) | (1UL << (int)Capability.SysChroot)
        | (1UL << (int)Capability.Setpcap);

    /// <summary>For good, when started by root: files are read and written as any owner.</summary>
    internal const ulong FileOwner =
        (1UL << (int)Capability.Chown) | (1UL << (int)Capability.DacOverride)
        | (1UL << (int)Capability.DacReadSearch) | (1UL << (int)Capability.Fowner)
        | (1UL << (int)Capability.Fsetid);
}
