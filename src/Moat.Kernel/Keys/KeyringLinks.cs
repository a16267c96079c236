// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Moat.Kernel.Keys;

/// <summary>What a keyring holds: at most one key of each name.</summary>
/// <remarks>Locks: the table's. Keyrings stand apart, as walks go to them only.</remarks>
public sealed class KeyringLinks
{
    private readonly Dictionary<KeyName, Key> _keys = [];
    private readonly Dictionary<KeyName, Key> _rings = [];

    public int Count => _keys.Count + _rings.Count;

    internal Dictionary<KeyName, Key>.ValueCollection Keys => _keys.Values;

    internal Dictionary<KeyName, Key>.ValueCollection Rings => _rings.Values;

    internal Key? Find(in KeyName name) => Part(name.Type).GetValueOrDefault(name);

    internal void Put(Key key) => Part(key.Type)[key.Name] = key;

    internal void Remove(Key key) => Part(key.Type).Remove(key.Name);

    internal void Clear()
    {
        _keys.Clear();
        _rings.Clear();
        _keys.TrimExcess();
        _rings.TrimExcess();
    }

    /// <summary>The numbers of all, as KEYCTL_READ tells them.</summary>
    internal byte[] CopySerials()
    {
        var serials = new int[Count];
        int at = 0;
        foreach (Key key in _keys.Values)
        {
            serials[at++] = key.Serial;
        }

        foreach (Key ring in _rings.Values)
        {
            serials[at++] = ring.Serial;
        }

        return MemoryMarshal.AsBytes(serials.AsSpan()).ToArray();
    }

    private Dictionary<KeyName, Key> Part(KeyType type) => type == KeyType.Keyring ? _rings : _keys;
}
