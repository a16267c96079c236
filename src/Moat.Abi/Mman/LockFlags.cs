// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>MCL_ flags of mlockall(2).</summary>
[Flags]
[LinuxPrefix("MCL_")]
public enum LockFlags
{
    [LinuxName("")] None = 0,
    Current = 1,
    Future = 2,
    OnFault = 4,
}
