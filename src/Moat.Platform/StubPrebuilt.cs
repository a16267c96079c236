// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Host.Code;

namespace Moat.Platform;

/// <summary>
/// The stub's image, assembled when the binary was built; assembled now where there is no such image.
/// </summary>
/// <remarks>
/// The image depends on the host in one point only, the sizes around the vDSO. They are displacements of 32
/// bits, since they are multiples of a page; placeholders stand for them in the prebuilt image.
/// </remarks>
internal static class StubPrebuilt
{
    /// <summary>Name of the prebuilt image.</summary>
    internal const string Name = "stub";

    private static readonly VdsoMapping s_placeholder = new(0x5a5a_5000, 0x5a5b_3000);

    /// <summary>The image for this host.</summary>
    internal static StubImage Get(VdsoMapping vdso)
    {
        ReadOnlySpan<byte> prebuilt = PrebuiltCode.Find(Name);
        return prebuilt.IsEmpty ? StubAssembler.Build(vdso) : Relocate(prebuilt, vdso);
    }

    /// <summary>The image with placeholders.</summary>
    internal static byte[] Build() => StubAssembler.Build(s_placeholder).File.ToArray();

    /// <summary>A copy in which a host's sizes stand for the placeholders.</summary>
    internal static StubImage Relocate(ReadOnlySpan<byte> prebuilt, VdsoMapping vdso)
    {
        byte[] file = prebuilt.ToArray();
        Exchange(file, -s_placeholder.DataBytes, -vdso.DataBytes);
        Exchange(file, s_placeholder.CodeBytes, vdso.CodeBytes);
        return new StubImage(file);
    }

    private static void Exchange(Span<byte> file, int from, int to)
    {
        Span<byte> pattern = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(pattern, from);
        for (int at; (at = file.IndexOf(pattern)) >= 0; file = file[(at + 4)..])
        {
            BinaryPrimitives.WriteInt32LittleEndian(file[at..], to);
        }
    }
}
