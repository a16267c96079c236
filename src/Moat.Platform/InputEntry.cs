// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;

namespace Moat.Platform;

/// <summary>
/// Tells stubs which bytes a system call reads: two such entries for each call make the table of inputs.
/// </summary>
/// <param name="Pointer">Which argument, from 0, holds the address.</param>
/// <param name="Count">Which argument holds the number of elements; -1 for one element.</param>
/// <param name="Size">Bytes of an element; 0 for a NUL-terminated string.</param>
public readonly record struct InputEntry(int Pointer, int Count, int Size)
{
    /// <summary>Bytes of the whole table.</summary>
    public const int TableSize = StubLayout.MarshalledCalls * EntriesPerCall * EntrySize;

    /// <summary>Stands for rsp in <see cref="Pointer"/>, for calls that trap.</summary>
    public const int StackPointer = 6;

    private const int EntriesPerCall = 2;
    private const int EntrySize = 4;

    /// <summary>Puts it into a table, as a call's first or second entry.</summary>
    public void WriteTo(Span<byte> table, uint number, int index)
    {
        Span<byte> place = table[(int)((number * EntriesPerCall * EntrySize) + (uint)(index * EntrySize))..];
        // One more word than the offset, so that no argument's place is 0.
        place[0] = (byte)((Pointer + 1) * 8);
        place[1] = (byte)((Count + 1) * 8);
        BinaryPrimitives.WriteUInt16LittleEndian(place[2..], checked((ushort)Size));
    }
}
