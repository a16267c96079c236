// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Memory;

/// <summary>
/// A guest address that should point to a <typeparamref name="T"/>: untrusted, read and written by copying.
/// </summary>
/// <param name="Address">The guest address; 0 is the null pointer.</param>
/// <typeparam name="T">What it points to.</typeparam>
public readonly record struct GuestPtr<T>(ulong Address)
    where T : unmanaged
{
    public bool IsNull => Address == 0;

    /// <summary>The element of an array that begins here.</summary>
    public unsafe GuestPtr<T> At(ulong index) => new(unchecked(Address + (index * (ulong)sizeof(T))));

    public Errno Read(UserMemory memory, out T value) => memory.Read(Address, out value);

    public Errno Write(UserMemory memory, in T value) => memory.Write(Address, in value);
}
