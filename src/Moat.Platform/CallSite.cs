// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Platform;

/// <summary>A <c>syscall</c> instruction and the bytes around it that a patch replaces.</summary>
/// <param name="Shape">How it is patched.</param>
/// <param name="Start">Address of the first replaced byte.</param>
/// <param name="Number">The call's number where the site itself loads it.</param>
/// <param name="Cave">Address of the padding that takes the jump; 0 for other shapes.</param>
internal readonly record struct CallSite(SiteShape Shape, ulong Start, uint Number, ulong Cave = 0)
{
    /// <summary>Bytes of <c>jmp qword [disp32]</c>.</summary>
    internal const int JumpSize = 7;

    /// <summary>An invalid instruction of one byte (#UD in 64-bit mode).</summary>
    internal const byte Invalid = 0x06;

    /// <summary>Address of the syscall instruction.</summary>
    internal ulong Syscall => Shape switch
    {
        SiteShape.MoveEax => Start + 5,
        SiteShape.MoveRax => Start + 7,
        SiteShape.Zero => Start + 2,
        _ => Start,
    };

    /// <summary>Address behind the syscall instruction.</summary>
    internal ulong Return => Syscall + 2;

    /// <summary>Address behind the last byte that changes, the cave's included.</summary>
    internal ulong End => Shape == SiteShape.Cave ? Cave + JumpSize : Start + JumpSize;

    /// <summary>How many bytes at <see cref="Start"/> change.</summary>
    internal int Size => Shape == SiteShape.Cave ? 2 : JumpSize;

    /// <summary>Offsets at which a thread may stand in the old code.</summary>
    internal ReadOnlySpan<byte> Entries => Shape switch
    {
        SiteShape.MoveEax => [0, 5],
        SiteShape.Zero => [0, 2, 4],
        _ => [0],
    };

    /// <summary>Writes the bytes that stand at <see cref="Start"/> once patched.</summary>
    internal void WritePatch(Span<byte> bytes, int tableIndex)
    {
        if (Shape == SiteShape.Cave)
        {
            bytes[0] = 0xeb;
            bytes[1] = (byte)(Cave - Return);
            return;
        }

        WriteJump(bytes, tableIndex);
    }

    /// <summary>Writes the bytes that stood at <see cref="Start"/> before.</summary>
    internal void WriteOriginal(Span<byte> bytes)
    {
        ReadOnlySpan<byte> moveEax = [0xb8, 0, 0, 0, 0, 0x0f, 0x05], moveRax = [0x48, 0xc7, 0xc0, 0, 0, 0, 0];
        ReadOnlySpan<byte> zero = [0x31, 0xc0, 0x0f, 0x05, 0x48, 0x3d, 0x00], cave = [0x0f, 0x05];
        ReadOnlySpan<byte> original = Shape switch
        {
            SiteShape.MoveEax => moveEax,
            SiteShape.MoveRax => moveRax,
            SiteShape.Zero => zero,
            _ => cave,
        };
        original.CopyTo(bytes);
        if (Shape is SiteShape.MoveEax or SiteShape.MoveRax)
        {
            BitConverter.TryWriteBytes(bytes[(Shape == SiteShape.MoveEax ? 1 : 3)..], Number);
        }
    }

    /// <summary><c>jmp qword [entry of the table]</c>.</summary>
    internal static void WriteJump(Span<byte> bytes, int tableIndex)
    {
        bytes[0] = 0xff;
        bytes[1] = 0x24;
        bytes[2] = 0x25;
        BitConverter.TryWriteBytes(bytes[3..], (uint)(StubLayout.TableBase + ((ulong)tableIndex * 8)));
    }
}
