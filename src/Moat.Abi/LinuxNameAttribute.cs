// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>
/// The name Linux's headers give an enum member when prefix and C# name do not make it; empty for members
/// that Linux does not have, such as masks and None. See <see cref="LinuxPrefixAttribute"/>.
/// </summary>
/// <param name="name">The name, such as O_CLOEXEC.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class LinuxNameAttribute(string name) : Attribute
{
    /// <summary>The name, such as O_CLOEXEC.</summary>
    public string Name { get; } = name;
}
