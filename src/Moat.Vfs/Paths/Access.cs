// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs.Paths;

/// <summary>What somebody wants to do with an inode; the values of access(2).</summary>
[Flags]
public enum Access
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}
