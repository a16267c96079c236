// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>What the new program gets besides its file and arguments.</summary>
public readonly record struct LoadParameters
{
    /// <summary>The credentials after the exec, for AT_UID and its kin.</summary>
    public required Credentials Credentials { get; init; }

    /// <summary>AT_SECURE: the exec raised privileges.</summary>
    public bool IsSecure { get; init; }

    /// <summary>The machine's part of the auxiliary vector.</summary>
    public required PlatformVector Platform { get; init; }

    /// <summary>RLIMIT_STACK in bytes.</summary>
    public ulong StackLimit { get; init; }

    /// <summary>False for personality ADDR_NO_RANDOMIZE.</summary>
    public bool Randomize { get; init; }
}
