// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Contexts;

/// <summary>How the value of a parameter was given (enum fs_value_type).</summary>
public enum ParameterKind
{
    /// <summary>Without one.</summary>
    Flag,

    /// <summary>As a text.</summary>
    String,

    /// <summary>As bytes, a path or a descriptor: no file system here takes one.</summary>
    Other,
}
