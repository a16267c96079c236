// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Keys;

/// <summary>What a keyring finds a key by: kind and description.</summary>
public readonly struct KeyName(KeyType type, byte[] text) : IEquatable<KeyName>
{
    public KeyType Type { get; } = type;

    /// <summary>The description.</summary>
    public byte[] Text { get; } = text;

    public bool Equals(KeyName other) => Type == other.Type && Text.AsSpan().SequenceEqual(other.Text);

    public override bool Equals(object? obj) => obj is KeyName other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add((int)Type);
        hash.AddBytes(Text);
        return hash.ToHashCode();
    }
}
