// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Code;

/// <summary>
/// Machine code that was assembled when the binary was built, by name; what is not there is assembled now.
/// </summary>
/// <remarks>
/// The assembler's tables alone cost a process 0.8 ms and 700 KB at its start. eng/Moat.Prebuilt writes the
/// bytes into
/// the binary at each build, from the same methods that would assemble them here, so they cannot be stale.
/// </remarks>
public static class PrebuiltCode
{
    private static Lookup? s_lookup;

    /// <summary>Finds bytes by name; empty when there are none.</summary>
    public delegate ReadOnlySpan<byte> Lookup(string name);

    /// <summary>Says where prebuilt bytes are; the first thing that a process does.</summary>
    public static void Use(Lookup lookup) => s_lookup = lookup;

    /// <summary>The bytes of that name, or empty.</summary>
    public static ReadOnlySpan<byte> Find(string name) => s_lookup is null ? default : s_lookup(name);
}
