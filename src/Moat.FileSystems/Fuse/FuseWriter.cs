// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;

namespace Moat.FileSystems.Fuse;

/// <summary>Fills a request, field after field, in the order of the structures of linux/fuse.h.</summary>
/// <remarks>Invariants: whoever makes a request makes it as long as what is written into it.</remarks>
internal ref struct FuseWriter(Span<byte> target)
{
    private Span<byte> _rest = target;

    internal void Word(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_rest, value);
        _rest = _rest[4..];
    }

    internal void Long(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_rest, value);
        _rest = _rest[8..];
    }

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
    }

    /// <summary>A name and its NUL.</summary>
    internal void Name(ReadOnlySpan<byte> name)
    {
        Bytes(name);
        _rest[0] = 0;
        _rest = _rest[1..];
    }

    /// <summary>A device number, as the kernel packs it into 32 bits (new_encode_dev()).</summary>
    internal static uint Pack(ulong device)
    {
        (uint major, uint minor) = (DeviceNumber.Major(device), DeviceNumber.Minor(device));
        return (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12);
    }
}
