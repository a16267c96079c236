// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Keys;

/// <summary>The kinds of keys that this kernel has (keyrings(7)).</summary>
public enum KeyType
{
    User,
    Logon,
    Keyring,
}
