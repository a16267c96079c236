// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Base;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The stub as a static ELF executable: one read-execute segment, two pages at the platform's fixed address.
/// </summary>
internal sealed class StubImage
{
    private const int HeaderSize = 0x1000;
    private readonly byte[] _file;

    /// <summary>Packs code and, at an offset behind it, read-only data.</summary>
    internal StubImage(byte[] code, byte[] data, int dataOffset)
    {
        if (code.Length > dataOffset || data.Length > 0x1000)
        {
            throw new InvalidOperationException($"stub too large: {code.Length} + {data.Length} bytes");
        }

        _file = new byte[HeaderSize + dataOffset + 0x1000];
        Span<byte> elf = _file;
        ReadOnlySpan<byte> ident = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0];
        ident.CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(elf[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[24..], StubLayout.CodeBase);
        BinaryPrimitives.WriteUInt64LittleEndian(elf[32..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[56..], 1);
        Span<byte> segment = elf[64..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], HeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], StubLayout.CodeBase);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], StubLayout.CodeBase);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], 0x2000);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], 0x2000);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
        code.CopyTo(elf[HeaderSize..]);
        data.CopyTo(elf[(HeaderSize + dataOffset)..]);
    }

    /// <summary>An image that was packed before.</summary>
    internal StubImage(byte[] file) => _file = file;

    /// <summary>The whole file.</summary>
    internal ReadOnlySpan<byte> File => _file;

    /// <summary>The file in a sealed memfd, to be executed.</summary>
    internal Result<int> ToMemfd() =>
        Memfd.FromBytes("moat-stub", _file, MemfdFlags.CloseOnExec | MemfdFlags.Exec
            | MemfdFlags.AllowSealing);
}
