// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Moat.Platform;

/// <summary>
/// FP and vector state as xsave lays it out and signal frames carry it (asm/sigcontext.h, Intel SDM 13.4).
/// </summary>
internal static class VectorState
{
    private const int LegacySize = 512;
    private const int HeaderEnd = 576;
    private const int WordsOffset = 464;
    private const int WordsSize = 48;
    private const int UsedOffset = 512;
    private const int ControlWordOffset = 0;
    private const int VectorControlOffset = 24;
    private const ushort ControlWord = 0x37f;
    private const uint VectorControl = 0x1f80;
    private const uint Magic1 = 0x46505853;
    private const uint Magic2 = 0x46505845;
    private const ulong ProtectionKeys = 1UL << 9;

    // What Linux writes between the legacy part and the header: the same in every frame of this host. Taken
    // from a frame that was made before any guest code ran.
    private static byte[]? s_words;

    /// <summary>The state at the start of these bytes, without what lies behind; the legacy part if they hold
    /// no more.</summary>
    internal static Span<byte> In(Span<byte> bytes)
    {
        uint magic = MemoryMarshal.Read<uint>(bytes[WordsOffset..]);
        uint size = MemoryMarshal.Read<uint>(bytes[(WordsOffset + 4)..]);
        return magic == Magic1 && size >= LegacySize && size <= (uint)bytes.Length
            ? bytes[..(int)size] : bytes[..LegacySize];
    }

    /// <summary>Remembers how this host's frames look.</summary>
    internal static void Learn(ReadOnlySpan<byte> frame)
    {
        if (s_words is null && frame.Length > HeaderEnd)
        {
            s_words = frame.Slice(WordsOffset, WordsSize).ToArray();
        }
    }

    /// <summary>Makes what the stub's own xsave wrote look as in a frame; empty when that is not possible.
    /// </summary>
    internal static Span<byte> Complete(Span<byte> area)
    {
        if (s_words is null)
        {
            return default;
        }

        s_words.CopyTo(area[WordsOffset..]);
        Span<byte> state = In(area);
        if (state.Length <= HeaderEnd)
        {
            return default;
        }

        area[(UsedOffset + 8)..HeaderEnd].Clear();
        MemoryMarshal.Write(state[^4..], Magic2);
        return state;
    }

    /// <summary>As handlers and fresh programs have it; protection keys stay.</summary>
    internal static void Reset(Span<byte> state)
    {
        if (state.Length < LegacySize)
        {
            return;
        }

        state[..WordsOffset].Clear();
        MemoryMarshal.Write(state[ControlWordOffset..], ControlWord);
        MemoryMarshal.Write(state[VectorControlOffset..], VectorControl);
        if (state.Length > HeaderEnd)
        {
            MemoryMarshal.Write(
                state[UsedOffset..], MemoryMarshal.Read<ulong>(state[UsedOffset..]) & ProtectionKeys);
        }
    }
}
