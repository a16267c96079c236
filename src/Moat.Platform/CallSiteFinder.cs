// SPDX-License-Identifier: Apache-2.0
using System;
using Iced.Intel;

namespace Moat.Platform;

/// <summary>Tells from the bytes around a syscall instruction whether and how it can be patched.</summary>
internal static class CallSiteFinder
{
    /// <summary>How many bytes before the syscall instruction are looked at.</summary>
    internal const int Before = 8;

    /// <summary>How many bytes from the syscall instruction on are looked at.</summary>
    internal const int After = 2 + LongestJump + 16;

    private const int LongestJump = 127;
    private const uint SignalReturn = 15;

    private static ReadOnlySpan<byte> ZeroTail => [0x48, 0x3d, 0x00, 0xf0, 0xff, 0xff];

    /// <summary>Looks at a site that has just trapped.</summary>
    /// <param name="text">Bytes around it.</param>
    /// <param name="at">Where in them the syscall instruction is, at least <see cref="Before"/>.</param>
    /// <param name="address">Its guest address.</param>
    /// <param name="number">The number it was called with.</param>
    /// <param name="site">The site.</param>
    internal static bool TryFind(ReadOnlySpan<byte> text, int at, ulong address, uint number,
        out CallSite site)
    {
        site = default;
        // Unwinders know signal trampolines by their bytes.
        if (text.Length < at + 2 || text[at] != 0x0f || text[at + 1] != 0x05 || number == SignalReturn)
        {
            return false;
        }

        if (LoadsNumber(text, at, number, out SiteShape shape, out int length))
        {
            site = new CallSite(shape, address - (ulong)length, number);
            return true;
        }

        int cave = FindCave(text[(at + 2)..], address + 2);
        if (cave < 0)
        {
            return false;
        }

        site = new CallSite(SiteShape.Cave, address, 0, address + 2 + (ulong)cave);
        return true;
    }

    // The number just called with must be the one loaded, so that bytes that only look alike do not count.
    private static bool LoadsNumber(
        ReadOnlySpan<byte> text, int at, uint number, out SiteShape shape, out int length)
    {
        shape = default;
        length = 0;
        bool loads = at >= Before && BitConverter.ToUInt32(text[(at - 4)..]) == number;
        if (loads && text[at - 7] == 0x48 && text[at - 6] == 0xc7 && text[at - 5] == 0xc0)
        {
            shape = SiteShape.MoveRax;
            length = 7;
            return true;
        }

        if (loads && text[at - 5] == 0xb8 && !IsRex(text[at - 6]))
        {
            shape = SiteShape.MoveEax;
            length = 5;
            return true;
        }

        ReadOnlySpan<byte> behind = text[(at + 2)..];
        if (at >= Before && number == 0 && text[at - 2] == 0x31 && text[at - 1] == 0xc0
            && !IsRex(text[at - 3]) && behind.StartsWith(ZeroTail))
        {
            shape = SiteShape.Zero;
            length = 2;
            return true;
        }

        return false;
    }

    // With a prefix, the same bytes load another register.
    private static bool IsRex(byte value) => (value & 0xf0) == 0x40;

    // Decodes forward from behind the syscall, which is a certain boundary, to the next unconditional jump or
    // return. What follows and is padding is never executed. A function may start at the next multiple of 16.
    private static int FindCave(ReadOnlySpan<byte> code, ulong address)
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code.ToArray()), address);
        bool ended = false;
        int start = -1;
        while (decoder.IP - address < (ulong)code.Length)
        {
            int offset = (int)(decoder.IP - address);
            Instruction instruction = decoder.Decode();
            if (instruction.IsInvalid || (start < 0 && offset > LongestJump))
            {
                return -1;
            }

            if (!ended)
            {
                ended = instruction.FlowControl is FlowControl.Return or FlowControl.UnconditionalBranch
                    or FlowControl.IndirectBranch;
                continue;
            }

            if (instruction.Mnemonic is not (Mnemonic.Nop or Mnemonic.Int3))
            {
                // Code again: look for the next end behind it.
                start = -1;
                ended = instruction.FlowControl is FlowControl.Return or FlowControl.UnconditionalBranch
                    or FlowControl.IndirectBranch;
                continue;
            }

            start = start < 0 ? offset : start;
            ulong boundary = (address + (ulong)start + 15) & ~15UL;
            if (address + (ulong)start + CallSite.JumpSize <= boundary
                && decoder.IP - address - (ulong)start >= CallSite.JumpSize)
            {
                return start;
            }
        }

        return -1;
    }
}
