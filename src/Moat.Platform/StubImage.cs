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
    private const int FilterOffset = 80;
    private readonly byte[] _file;

    /// <summary>Packs code, the start's data, the filter and the table of inputs.</summary>
    internal StubImage(ReadOnlySpan<byte> code, ReadOnlySpan<byte> filter, ReadOnlySpan<byte> inputs,
        StubCallSites sites)
    {
        if (code.Length > StubLayout.DataOffset
            || FilterOffset + filter.Length > StubLayout.InputTableOffset - StubLayout.DataOffset
            || inputs.Length > StubLayout.MarshalledCalls * 8)
        {
            throw new InvalidOperationException($"stub too large: {code.Length} + {filter.Length} bytes");
        }

        Sites = sites;
        _file = new byte[HeaderSize + StubLayout.ImageSize];
        Span<byte> elf = _file;
        WriteHeader(elf);
        Span<byte> text = elf[HeaderSize..];
        code.CopyTo(text);
        FitToHost(text);

        WriteData(text[StubLayout.DataOffset..], filter);
        inputs.CopyTo(text[StubLayout.InputTableOffset..]);
    }

    /// <summary>Addresses in the code.</summary>
    internal StubCallSites Sites { get; }

    /// <summary>The file in a sealed memfd, to be executed.</summary>
    internal Result<int> ToMemfd() =>
        Memfd.FromBytes("moat-stub", _file, MemfdFlags.CloseOnExec | MemfdFlags.Exec
            | MemfdFlags.AllowSealing);

    // What the host lacks is replaced in place.
    private void FitToHost(Span<byte> text)
    {
        if (!Host.Cpu.HasRdpid)
        {
            // mov ecx, 0x7b; lsl ecx, ecx (SyscallThunk says why)
            ReadOnlySpan<byte> older = [0xb9, 0x7b, 0, 0, 0, 0x0f, 0x03, 0xc9];
            older.CopyTo(text[(int)(Sites.CpuNumber - StubLayout.CodeBase)..]);
        }

        if (!Host.Cpu.HasFsGsBase)
        {
            const byte ShortJump = 0xeb;
            Span<byte> reads = text[(int)(Sites.SegmentReads - StubLayout.CodeBase)..];
            reads[0] = ShortJump;
            reads[1] = (byte)(Sites.SegmentReadsEnd - Sites.SegmentReads - 2);
        }
    }

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

    // 0: kernel_sigaction, 32: stack_t, 56: empty mask, 64: sock_fprog, 80: filter.
    private void WriteData(Span<byte> data, ReadOnlySpan<byte> filter)
    {
        const ulong Address = StubLayout.CodeBase + StubLayout.DataOffset;
        // SA_SIGINFO, SA_ONSTACK, SA_RESTORER, and SA_RESTART: an interrupt must not end an ordered call.
        const ulong Flags = 4 | 0x08000000 | 0x04000000 | 0x10000000;
        const ulong AllButFaults = ~((1UL << 10) | (1UL << 6));
        const int InstructionSize = 8;
        BinaryPrimitives.WriteUInt64LittleEndian(data, Sites.Handler);
        BinaryPrimitives.WriteUInt64LittleEndian(data[8..], Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(data[16..], Sites.Restorer);
        BinaryPrimitives.WriteUInt64LittleEndian(data[24..], AllButFaults);
        BinaryPrimitives.WriteUInt64LittleEndian(data[32..], StubLayout.AreaBase + StubLayout.Stack);
        BinaryPrimitives.WriteUInt64LittleEndian(data[48..], StubLayout.StackSize);
        BinaryPrimitives.WriteUInt16LittleEndian(data[64..], (ushort)(filter.Length / InstructionSize));
        BinaryPrimitives.WriteUInt64LittleEndian(data[72..], Address + FilterOffset);
        filter.CopyTo(data[FilterOffset..]);
    }
}
