// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>MREMAP_ flags of mremap(2).</summary>
[Flags]
public enum RemapFlags : ulong
{
    None = 0,
    MayMove = 1,
    Fixed = 2,
    DontUnmap = 4,
}
