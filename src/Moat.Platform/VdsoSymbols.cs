// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Moat.Platform;

/// <summary>
/// Where functions lie in the host's vDSO (vdso(7)), which this process has mapped as every stub has.
/// </summary>
public static unsafe partial class VdsoSymbols
{
    private const ulong VdsoAddress = 33;
    private const uint DynamicSymbols = 11;
    private const int SectionSize = 64;
    private const int SymbolSize = 24;

    /// <summary>Offset of __vdso_clock_gettime from the vDSO's start; 0 when there is none.</summary>
    public static ulong ClockGetTime { get; } = Find("__vdso_clock_gettime\0"u8);

    private static ulong Find(ReadOnlySpan<byte> name)
    {
        byte* image = (byte*)getauxval(VdsoAddress);
        if (image == null)
        {
            return 0;
        }

        // SAFETY: the kernel maps the whole ELF image, whose headers say where its parts are.
        byte* sections = image + Word64(image + 40);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(image + 60, 2));
        for (int i = 0; i < count; i++)
        {
            byte* section = sections + (i * SectionSize);
            if (Word32(section + 4) != DynamicSymbols)
            {
                continue;
            }

            byte* names = image + Word64(sections + (Word32(section + 40) * SectionSize) + 24);
            byte* symbols = image + Word64(section + 24);
            ulong symbolCount = Word64(section + 32) / SymbolSize;
            for (ulong s = 0; s < symbolCount; s++)
            {
                byte* symbol = symbols + (s * SymbolSize);
                var found = new ReadOnlySpan<byte>(names + Word32(symbol), name.Length);
                if (found.SequenceEqual(name))
                {
                    return Word64(symbol + 8);
                }
            }
        }

        return 0;
    }

    private static uint Word32(byte* at) => *(uint*)at;

    private static ulong Word64(byte* at) => *(ulong*)at;

    [LibraryImport("libc")]
    private static partial ulong getauxval(ulong type);
}
