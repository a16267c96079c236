// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Signals;

/// <summary>stack_t of sigaltstack(2): 24 bytes.</summary>
public struct SignalStack
{
    /// <summary>ss_sp.</summary>
    public ulong Address;

    /// <summary>ss_flags.</summary>
    public uint Flags;

    /// <summary>Padding; must not carry kernel memory.</summary>
    public uint Padding;

    /// <summary>ss_size.</summary>
    public ulong Size;

    public const uint SS_ONSTACK = 1;
    public const uint SS_DISABLE = 2;
    public const uint SS_AUTODISARM = 1u << 31;
    public const ulong MINSIGSTKSZ = 2048;
}
