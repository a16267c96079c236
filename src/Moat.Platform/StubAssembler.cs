// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using Iced.Intel;
using Moat.Host.Code;
using Moat.Host.Seccomp;

namespace Moat.Platform;

/// <summary>
/// Assembles the stub: start-up, the one signal handler, the fast path of patched call sites, the hand-off.
/// The bytes come from the binary where the build has put them (<see cref="PrebuiltCode"/>).
/// </summary>
internal static class StubAssembler
{
    private const string CodeName = "stub-code";
    private const string SitesName = "stub-sites";

    /// <summary>The stub's image.</summary>
    /// <param name="inputs">Eight bytes for each call: <see cref="InputEntry"/> twice.</param>
    /// <param name="profile">Which memory calls need no approval.</param>
    internal static StubImage Build(ReadOnlySpan<byte> inputs, MemoryCalls profile)
    {
        ReadOnlySpan<byte> code = PrebuiltCode.Find(CodeName);
        ReadOnlySpan<byte> sites = PrebuiltCode.Find(SitesName);
        ReadOnlySpan<byte> filter = PrebuiltCode.Find(FilterName(profile));
        if (!code.IsEmpty && !sites.IsEmpty && !filter.IsEmpty)
        {
            return new StubImage(code, filter, inputs, StubCallSites.FromBytes(sites));
        }

        byte[] assembled = Assemble(out StubCallSites found);
        return new StubImage(
            assembled, SeccompFilter.AsBytes(StubFilter.Build(found, profile)), inputs, found);
    }

    /// <summary>Everything that the build puts into the binary, by name.</summary>
    internal static IEnumerable<(string Name, byte[] Bytes)> Prebuild()
    {
        byte[] code = Assemble(out StubCallSites sites);
        yield return (CodeName, code);
        yield return (SitesName, sites.ToBytes());
        foreach (MemoryCalls profile in (MemoryCalls[])[MemoryCalls.Direct, MemoryCalls.Strict])
        {
            yield return (FilterName(profile), SeccompFilter.AsBytes(StubFilter.Build(sites,
                profile)).ToArray());
        }
    }

    private static string FilterName(MemoryCalls profile) =>
        profile == MemoryCalls.Direct ? "stub-filter-direct" : "stub-filter-strict";

    // Apart, so that the assembler's static constructors run only when it is called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[] Assemble(out StubCallSites sites)
    {
        var code = new StubCode();
        new StubStartCode(code, StubLayout.CodeBase + StubLayout.DataOffset).Emit();
        StubFastCode.EmitEntry(code);
        StubInputCode.Emit(code);
        StubHandOffCode.Emit(code);
        StubFastCode.EmitExit(code);
        StubHandlerCode.Emit(code);
        using var stream = new MemoryStream();
        AssemblerResult result = code.A.Assemble(
            new StreamCodeWriter(stream), StubLayout.CodeBase,
            BlockEncoderOptions.ReturnNewInstructionOffsets);
        sites = code.Sites(result);
        return stream.ToArray();
    }
}
