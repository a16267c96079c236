// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;

namespace Moat.Kernel.Keys;

/// <summary>What the kinds of keys differ in.</summary>
public static class KeyTypes
{
    private const int LargestPayload = 32767;

    /// <summary>Finds a kind by its name.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out KeyType type)
    {
        type = name.SequenceEqual("user"u8) ? KeyType.User : name.SequenceEqual("logon"u8) ? KeyType.Logon
            : KeyType.Keyring;
        return type != KeyType.Keyring || name.SequenceEqual("keyring"u8);
    }

    public static string NameOf(KeyType type) =>
        type switch { KeyType.User => "user", KeyType.Logon => "logon", _ => "keyring" };

    /// <summary>What a new key grants: all to its possessor, a look to its owner.</summary>
    internal static uint DefaultRights(KeyType type) => type == KeyType.Logon ? 0x3d010000u : 0x3f010000u;

    /// <summary>EINVAL for a payload that a key of this kind cannot have.</summary>
    internal static Errno CheckPayload(KeyType type, int length)
    {
        bool fits = type == KeyType.Keyring ? length == 0 : length is > 0 and <= LargestPayload;
        return fits ? Errno.Success : Errno.EINVAL;
    }

    /// <summary>EINVAL for a description that its kind cannot have: "service:name" for logon.</summary>
    internal static Errno CheckName(in KeyName name) =>
        name.Text.Length == 0 || (name.Type == KeyType.Logon && Array.IndexOf(name.Text, (byte)':') <= 0)
            ? Errno.EINVAL : Errno.Success;
}
