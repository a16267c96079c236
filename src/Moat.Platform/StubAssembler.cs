// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.IO;
using Iced.Intel;
using Moat.Host.Seccomp;

namespace Moat.Platform;

/// <summary>
/// Assembles the stub: start-up, the one signal handler, the fast path of patched call sites, the hand-off.
/// </summary>
internal static class StubAssembler
{
    /// <summary>Assembles for <see cref="StubLayout.CodeBase"/>.</summary>
    /// <param name="vdso">What start-up must leave mapped.</param>
    /// <param name="inputs">Eight bytes for each call: <see cref="InputEntry"/> twice.</param>
    /// <param name="profile">Which memory calls need no approval.</param>
    internal static StubImage Build(VdsoMapping vdso, ReadOnlySpan<byte> inputs, MemoryCalls profile)
    {
        const ulong Data = StubLayout.CodeBase + StubLayout.DataOffset;
        var code = new StubCode();
        new StubStartCode(code, vdso, Data).Emit();
        StubFastCode.EmitEntry(code);
        StubInputCode.Emit(code);
        StubHandOffCode.Emit(code);
        StubFastCode.EmitExit(code);
        StubHandlerCode.Emit(code);
        using var stream = new MemoryStream();
        AssemblerResult result = code.A.Assemble(
            new StreamCodeWriter(stream), StubLayout.CodeBase,
            BlockEncoderOptions.ReturnNewInstructionOffsets);
        StubCallSites sites = code.Sites(result);
        SockFilter[] filter = StubFilter.Build(sites, profile);
        byte[] data = DataPage(
            result.GetLabelRIP(code.Handler), result.GetLabelRIP(code.Restorer), Data, filter);
        return new StubImage(stream.ToArray(), data, inputs, sites);
    }

    // 0: kernel_sigaction, 32: stack_t, 56: empty mask, 64: sock_fprog, 80: filter.
    private static byte[] DataPage(ulong handler, ulong restorer, ulong address, SockFilter[] filter)
    {
        // SA_SIGINFO, SA_ONSTACK, SA_RESTORER, and SA_RESTART: an interrupt must not end an ordered call.
        const ulong Flags = 4 | 0x08000000 | 0x04000000 | 0x10000000;
        const ulong AllButFaults = ~((1UL << 10) | (1UL << 6));
        ReadOnlySpan<byte> program = SeccompFilter.AsBytes(filter);
        byte[] data = new byte[80 + program.Length];
        Span<byte> span = data;
        BinaryPrimitives.WriteUInt64LittleEndian(span, handler);
        BinaryPrimitives.WriteUInt64LittleEndian(span[8..], Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(span[16..], restorer);
        BinaryPrimitives.WriteUInt64LittleEndian(span[24..], AllButFaults);
        BinaryPrimitives.WriteUInt64LittleEndian(span[32..], StubLayout.AreaBase + StubLayout.Stack);
        BinaryPrimitives.WriteUInt64LittleEndian(span[48..], StubLayout.StackSize);
        BinaryPrimitives.WriteUInt16LittleEndian(span[64..], (ushort)filter.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(span[72..], address + 80);
        program.CopyTo(span[80..]);
        return data;
    }
}
