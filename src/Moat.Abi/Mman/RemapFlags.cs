// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>MREMAP_ flags of mremap(2).</summary>
[Flags]
[LinuxPrefix("MREMAP_")]
public enum RemapFlags : ulong
{
    [LinuxName("")] None = 0,
    MayMove = 1,
    Fixed = 2,
    DontUnmap = 4,
}
