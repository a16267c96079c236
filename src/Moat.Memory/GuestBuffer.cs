// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>A guest address of bytes whose length another argument gives.</summary>
/// <param name="Address">The guest address; 0 is the null pointer.</param>
public readonly record struct GuestBuffer(ulong Address)
{
    public bool IsNull => Address == 0;
}
