// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>
/// The prefix of an enum's names in Linux's headers: a member without <see cref="LinuxNameAttribute"/> is
/// called prefix + its name in capitals. Strace output prints these names and a test compares them with the
/// headers.
/// </summary>
/// <param name="prefix">The prefix, such as PROT_; empty when members are called as in Linux.</param>
[AttributeUsage(AttributeTargets.Enum)]
public sealed class LinuxPrefixAttribute(string prefix) : Attribute
{
    /// <summary>The prefix, such as PROT_.</summary>
    public string Prefix { get; } = prefix;
}
