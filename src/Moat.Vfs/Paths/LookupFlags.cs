// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs.Paths;

/// <summary>How a path is walked to its end.</summary>
[Flags]
public enum LookupFlags
{
    None = 0,

    /// <summary>Follow a symbolic link in the last component.</summary>
    Follow = 1,

    /// <summary>The result must be a directory: ENOTDIR otherwise.</summary>
    Directory = 2,

    /// <summary>AT_EMPTY_PATH: an empty path is the starting point itself.</summary>
    EmptyPath = 4,
}
