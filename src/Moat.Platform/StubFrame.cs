// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;

namespace Moat.Platform;

/// <summary>
/// Where a stopped stub thread's state lies in its area: the signal frame of its handler, or what the fast
/// path saved.
/// </summary>
/// <remarks>Belongs to the driving task thread. All of it is the guest's to scribble on.</remarks>
internal sealed class StubFrame(ThreadArea area)
{
    /// <summary>Offset of the ucontext in the area; it was checked.</summary>
    internal int Context { get; set; }

    /// <summary>FP and vector state of the frame, as xsave wrote it; empty when the guest broke the frame.
    /// </summary>
    internal Span<byte> Vectors
    {
        get
        {
            ulong address = area.Field<ulong>(Context + StubLayout.ContextFpState);
            ulong offset = address - area.GuestAddress;
            return offset < StubLayout.Stack || offset > StubLayout.AreaSize - 512 || (offset & 63) != 0
                ? default : VectorState.In(area.Bytes[(int)offset..]);
        }
    }

    /// <summary>What the fast path saved of it on demand.</summary>
    internal Span<byte> SavedVectors => VectorState.In(SavedArea);

    private Span<byte> SavedArea => area.Bytes.Slice(StubLayout.FpArea, StubLayout.LargestFpArea);

    /// <summary>Makes what xsave has just saved look as in a frame; empty when that cannot be done.</summary>
    internal Span<byte> CompleteSaved() => VectorState.Complete(SavedArea);

    /// <summary>The frame gets what was saved and changed since.</summary>
    internal void TakeSaved()
    {
        Span<byte> vectors = Vectors;
        SavedArea[..Math.Min(vectors.Length, StubLayout.LargestFpArea)].CopyTo(vectors);
    }

    /// <summary>Writes the registers to resume with, and where the frame is.</summary>
    internal void Write(in GuestRegisters registers)
    {
        Unsafe.CopyBlockUnaligned(
            ref area.Field<byte>(Context + StubLayout.ContextRegisters),
            ref Unsafe.As<GuestRegisters, byte>(ref Unsafe.AsRef(in registers)), GuestRegisters.GeneralSize);
        Announce();
    }

    /// <summary>Tells the stub which frame to return through.</summary>
    internal void Announce() =>
        area.Field<ulong>(StubLayout.ReplyContext) = area.GuestAddress + (ulong)Context;

    /// <summary>Copies the frame into another area, for a new thread or process.</summary>
    internal void CopyTo(StubFrame other, ThreadArea theirs)
    {
        area.Bytes[Context..].CopyTo(theirs.Bytes[Context..]);
        other.Context = Context;
        ulong delta = theirs.GuestAddress - area.GuestAddress;
        theirs.Field<ulong>(Context + StubLayout.ContextFpState) += delta;
        theirs.Field<ulong>(Context + StubLayout.ContextStackPointer) += delta;
    }
}
