// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Moat.Vfs;

/// <summary>
/// Compares file names byte by byte; its hash is seeded, so that a guest cannot choose colliding names.
/// </summary>
public sealed class NameComparer : IEqualityComparer<byte[]>,
IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private static readonly ulong s_seed = (ulong)Random.Shared.NextInt64() | 1;

    public static readonly NameComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => Hash(obj);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    private static int Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = s_seed + (ulong)name.Length;
        while (name.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(name));
            name = name[8..];
        }

        ulong tail = 0;
        for (int i = 0; i < name.Length; i++)
        {
            tail |= (ulong)name[i] << (8 * i);
        }

        hash = Mix(hash ^ tail);
        return (int)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, s_seed ^ 0x9e3779b97f4a7c15, out ulong low);
        return BitOperations.RotateLeft(low ^ high, 23);
    }
}
