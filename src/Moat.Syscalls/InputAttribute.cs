// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Syscalls;

/// <summary>
/// On a pointer or buffer of a [Syscall] that the call reads: the stub copies it ahead, if it is not too
/// long.
/// Strings are always copied. At most two inputs of a call are.
/// </summary>
/// <param name="count">The parameter that counts elements, or bytes of a buffer; none for one
/// element.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InputAttribute(string? count = null) : Attribute
{
    public string? Count { get; } = count;
}
