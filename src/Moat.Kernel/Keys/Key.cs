// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Kernel.Keys;

/// <summary>One key; a keyring is a key that holds others (keyrings(7)).</summary>
/// <remarks>
/// Locks: all of it by the lock of its table. Invariants: it lives as long as keyrings, tasks or the register
/// of users' keyrings refer to it.
/// </remarks>
public sealed class Key
{
    /// <summary>It has no group: (gid_t) -1.</summary>
    public const uint NoGroup = uint.MaxValue;

    internal const long Never = long.MaxValue;
    internal const uint GroupRights = 0x3f00;

    internal Key(int serial, in KeyName name, KeyUser user, uint rights)
    {
        (Serial, Name, User, Rights) = (serial, name, user, rights);
        Ring = name.Type == KeyType.Keyring ? new() : null;
    }

    /// <summary>The number that names it.</summary>
    public int Serial { get; }

    public KeyName Name { get; }

    public KeyType Type => Name.Type;

    /// <summary>In whose quota it is.</summary>
    internal KeyUser User { get; set; }

    /// <summary>How much of that quota it has.</summary>
    internal int Bytes { get; set; }

    public uint Uid { get; internal set; }

    public uint Gid { get; internal set; }

    /// <summary>
    /// <see cref="KeyRight"/>s of its possessor, owner, group and others, in a byte each from the top.
    /// </summary>
    public uint Rights { get; internal set; }

    internal byte[] Payload { get; set; } = [];

    /// <summary>How long its payload is.</summary>
    public int Size => Payload.Length;

    /// <summary>What a keyring holds; null for other keys.</summary>
    public KeyringLinks? Ring { get; }

    /// <summary>How often it is referred to.</summary>
    public int References { get; internal set; }

    /// <summary>
    /// Seconds of <see cref="KeyTable.Now"/> after which it is of no use, or when it was revoked.
    /// </summary>
    public long ExpiresAt { get; internal set; } = Never;

    public bool IsRevoked { get; internal set; }

    /// <summary>It is gone: only what refers to it has not been cleared up yet.</summary>
    public bool IsInvalidated { get; internal set; }

    /// <summary>What a negative key answers; Success for a key that has its payload.</summary>
    public Errno Rejection { get; internal set; }

    /// <summary>It takes no more links (KEYCTL_RESTRICT_KEYRING).</summary>
    internal bool IsClosed { get; set; }

    /// <summary>One of a user's two keyrings.</summary>
    internal bool IsUserRing { get; init; }

    /// <summary>The user namespace in which its name can be joined.</summary>
    internal uint Space { get; init; }

    /// <summary>The walk that came by here last.</summary>
    internal long Visit { get; set; }

    /// <summary>The walk for possessed keys that found it last.</summary>
    internal long PossessedIn { get; set; }

    /// <summary>EKEYREVOKED, EKEYEXPIRED, ENOKEY for one that cannot be used any more.</summary>
    internal Errno Validate(long now) => IsInvalidated ? Errno.ENOKEY : IsRevoked ? Errno.EKEYREVOKED
        : now >= ExpiresAt ? Errno.EKEYEXPIRED : Errno.Success;
}
