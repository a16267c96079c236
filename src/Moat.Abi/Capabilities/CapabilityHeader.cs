// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Capabilities;

/// <summary>struct __user_cap_header_struct (capget(2)).</summary>
/// <param name="Version">One of the three layout versions.</param>
/// <param name="ProcessId">The thread meant; 0 for the caller.</param>
public readonly record struct CapabilityHeader(uint Version, int ProcessId)
{
    /// <summary>_LINUX_CAPABILITY_VERSION_1: 32 capabilities.</summary>
    public const uint Version1 = 0x19980330;

    /// <summary>_LINUX_CAPABILITY_VERSION_2: 64 capabilities, deprecated.</summary>
    public const uint Version2 = 0x20071026;

    /// <summary>_LINUX_CAPABILITY_VERSION_3: 64 capabilities.</summary>
    public const uint Version3 = 0x20080522;
}
