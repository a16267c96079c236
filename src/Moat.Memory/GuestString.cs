// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>A guest address of a NUL-terminated string: a path, a name.</summary>
/// <param name="Address">The guest address; 0 is the null pointer.</param>
public readonly record struct GuestString(ulong Address)
{
    public bool IsNull => Address == 0;
}
