// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Paths;

/// <summary>What the last component of a path is.</summary>
public enum LastComponent
{
    /// <summary>A name.</summary>
    Normal,

    /// <summary>The path ends where it began: "/" (or an empty path).</summary>
    Root,

    /// <summary>".".</summary>
    Dot,

    /// <summary>"..".</summary>
    DotDot,
}
