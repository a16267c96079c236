// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>MS_ flags of msync(2).</summary>
[Flags]
[LinuxPrefix("MS_")]
public enum SyncFlags
{
    [LinuxName("")] None = 0,
    Async = 1,
    Invalidate = 2,
    Sync = 4,
}
