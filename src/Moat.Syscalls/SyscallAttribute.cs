// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Syscalls;

/// <summary>
/// Marks the handler of a system call. From this one declaration the generator in eng/Moat.Analyzers makes
/// the dispatch switch, the decoding of registers, strace output and docs/syscalls.md.
/// </summary>
/// <param name="name">The name as Linux writes it, a member of <see cref="Abi.SyscallNumber"/>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SyscallAttribute(string name) : Attribute
{
    /// <summary>The name as Linux writes it.</summary>
    public string Name { get; } = name;
}
