// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Moat.Abi.Utsname;

/// <summary>One string of struct utsname: 64 bytes and a NUL.</summary>
[InlineArray(Length)]
public struct UtsField
{
    /// <summary>Bytes, with the NUL.</summary>
    public const int Length = 65;
    private byte _first;
}
