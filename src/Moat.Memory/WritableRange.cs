// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>A range of guest memory that its process can write to, as of a version of the books.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address after it; 0 when there is no such range.</param>
/// <param name="Version">Value of <see cref="AddressSpace.Version"/> that it is good for.</param>
public readonly record struct WritableRange(ulong Start, ulong End, int Version)
{
    /// <summary>True when it is of that version and holds all the bytes.</summary>
    public bool Holds(int version, ulong address, ulong length) =>
        version == Version && address >= Start && address < End && length <= End - address;
}
