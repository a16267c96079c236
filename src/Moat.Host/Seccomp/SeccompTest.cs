// SPDX-License-Identifier: Apache-2.0
namespace Moat.Host.Seccomp;

/// <summary>Comparisons of the loaded word, unsigned.</summary>
public enum SeccompTest
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// <summary>Some of the bits are set.</summary>
    AnyBits,
    /// <summary>None of the bits is set.</summary>
    NoBits,
}
