// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs;

/// <summary>Flags of renameat2(2).</summary>
[Flags]
public enum RenameFlags : uint
{
    None = 0,
    NoReplace = 1,
    Exchange = 2,
    Whiteout = 4,
}
