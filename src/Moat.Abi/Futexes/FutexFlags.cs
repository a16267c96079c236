// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Futexes;

/// <summary>Flags of futex_waitv(2) and its like (include/uapi/linux/futex.h).</summary>
[Flags]
[LinuxPrefix("FUTEX2_")]
public enum FutexFlags : uint
{
    [LinuxName("FUTEX2_SIZE_U32")] SizeU32 = 2,

    /// <summary>FUTEX2_SIZE_MASK.</summary>
    [LinuxName("FUTEX2_SIZE_MASK")] SizeMask = 3,
    [LinuxName("FUTEX2_PRIVATE")] Private = 128,
}
