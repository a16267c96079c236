// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>How a register becomes an argument.</summary>
internal enum ParameterKind
{
    /// <summary>The low 32 bits, signed.</summary>
    Int,

    /// <summary>The low 32 bits.</summary>
    UInt,

    /// <summary>All 64 bits, signed.</summary>
    Long,

    /// <summary>All 64 bits.</summary>
    ULong,

    /// <summary>An enum; its underlying type says which bits.</summary>
    Enum,

    /// <summary>A guest address of a value.</summary>
    Pointer,

    /// <summary>A guest address of a NUL-terminated string.</summary>
    String,

    /// <summary>A guest address of bytes whose length another argument gives.</summary>
    Buffer,
}
