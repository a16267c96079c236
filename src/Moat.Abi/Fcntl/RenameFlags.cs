// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>RENAME_ flags of renameat2(2).</summary>
[Flags]
[LinuxPrefix("RENAME_")]
public enum RenameFlags : uint
{
    [LinuxName("")] None = 0,
    NoReplace = 1,
    Exchange = 2,
    WhiteOut = 4,
}
