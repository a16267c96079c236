// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Base;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The stub as a static ELF executable: one read-execute segment at the platform's fixed address.
/// </summary>
internal sealed class StubImage
{
    private const int HeaderSize = 0x1000;
    private readonly byte[] _file;

    /// <summary>Packs code, read-only data and the table of inputs.</summary>
    internal StubImage(byte[] code, byte[] data, ReadOnlySpan<byte> inputs, StubCallSites sites)
    {
        if (code.Length > StubLayout.DataOffset
            || data.Length > StubLayout.InputTableOffset - StubLayout.DataOffset
            || inputs.Length > StubLayout.MarshalledCalls * 8)
        {
            throw new InvalidOperationException($"stub too large: {code.Length} + {data.Length} bytes");
        }

        Sites = sites;
        _file = new byte[HeaderSize + StubLayout.ImageSize];
        Span<byte> elf = _file;
        WriteHeader(elf);
        code.CopyTo(elf[HeaderSize..]);
        data.CopyTo(elf[(HeaderSize + StubLayout.DataOffset)..]);
        inputs.CopyTo(elf[(HeaderSize + StubLayout.InputTableOffset)..]);
    }

    /// <summary>Addresses in the code.</summary>
    internal StubCallSites Sites { get; }

    /// <summary>The file in a sealed memfd, to be executed.</summary>
    internal Result<int> ToMemfd() =>
        Memfd.FromBytes("moat-stub", _file, MemfdFlags.CloseOnExec | MemfdFlags.Exec
            | MemfdFlags.AllowSealing);

    // elf(5): an executable for x86-64 with one PT_LOAD, R and X.
    private static void WriteHeader(Span<byte> elf)
    {
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
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], StubLayout.ImageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], StubLayout.ImageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
    }
}
