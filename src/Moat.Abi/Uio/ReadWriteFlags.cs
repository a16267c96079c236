// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Uio;

/// <summary>RWF_* flags of preadv2(2) and pwritev2(2).</summary>
[Flags]
[LinuxPrefix("RWF_")]
public enum ReadWriteFlags
{
    [LinuxName("RWF_HIPRI")] HighPriority = 1,
    [LinuxName("RWF_DSYNC")] DataSync = 2,
    [LinuxName("RWF_SYNC")] Sync = 4,
    [LinuxName("RWF_NOWAIT")] NoWait = 8,
    [LinuxName("RWF_APPEND")] Append = 16,
}
