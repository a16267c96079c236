// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;

namespace Moat.Platform;

/// <summary>
/// The code between a patched site and the stub's fast path: what the site did, r11 = where the call returns
/// to, jump. Also what an address inside one of them means in terms of the site.
/// </summary>
internal static class Trampolines
{
    private const int LoadReturn = 10;
    private const int Jump = 5;

    // Behind xor, load and jump: the comparison that the patch displaced, then back to the site.
    private const int ZeroTail = 2 + LoadReturn + Jump;
    private const int ZeroBack = ZeroTail + 6;

    private static ReadOnlySpan<byte> Compare => [0x48, 0x3d, 0x00, 0xf0, 0xff, 0xff];

    /// <summary>Address of the trampoline of a table entry.</summary>
    internal static ulong Address(int index) =>
        StubLayout.TrampolineBase + ((ulong)index * StubLayout.TrampolineSize);

    /// <summary>Where the fast path goes on for a site: behind it, or in its trampoline.</summary>
    internal static ulong ReturnAddress(in CallSite site, int index) =>
        site.Shape == SiteShape.Zero ? Address(index) + ZeroTail : site.Return;

    /// <summary>Writes the code.</summary>
    internal static void Write(Span<byte> code, in CallSite site, int index, ulong fastEntry)
    {
        int at = Prologue(site.Shape);
        switch (site.Shape)
        {
            case SiteShape.MoveEax:
                code[0] = 0xb8;
                BinaryPrimitives.WriteUInt32LittleEndian(code[1..], site.Number);
                break;
            case SiteShape.MoveRax:
                code[0] = 0x48;
                code[1] = 0xc7;
                code[2] = 0xc0;
                BinaryPrimitives.WriteUInt32LittleEndian(code[3..], site.Number);
                break;
            case SiteShape.Zero:
                code[0] = 0x31;
                code[1] = 0xc0;
                Compare.CopyTo(code[ZeroTail..]);
                code[ZeroBack] = 0xff;
                code[ZeroBack + 1] = 0x25;
                BinaryPrimitives.WriteUInt32LittleEndian(code[(ZeroBack + 2)..], 0);
                BinaryPrimitives.WriteUInt64LittleEndian(code[(ZeroBack + 6)..], site.Start + 10);
                break;
        }

        // mov r11, imm64; jmp rel32
        code[at] = 0x49;
        code[at + 1] = 0xbb;
        BinaryPrimitives.WriteUInt64LittleEndian(code[(at + 2)..], ReturnAddress(site, index));
        code[at + LoadReturn] = 0xe9;
        ulong next = Address(index) + (ulong)(at + LoadReturn + Jump);
        BinaryPrimitives.WriteInt32LittleEndian(code[(at + LoadReturn + 1)..], (int)(long)(fastEntry - next));
    }

    /// <summary>
    /// Where the guest is, had there been no patch, when it stands at an offset in a site's trampoline.
    /// </summary>
    internal static ulong GuestAddress(in CallSite site, int offset) => site.Shape switch
    {
        SiteShape.Zero when offset >= ZeroBack => site.Start + 10,
        SiteShape.Zero when offset >= ZeroTail => site.Return,
        _ => offset == 0 ? site.Start : site.Syscall,
    };

    private static int Prologue(SiteShape shape) => shape switch
    {
        SiteShape.MoveEax => 5,
        SiteShape.MoveRax => 7,
        SiteShape.Zero => 2,
        _ => 0,
    };
}
