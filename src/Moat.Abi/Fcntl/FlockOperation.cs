// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>LOCK_ operations of flock(2).</summary>
[Flags]
[LinuxPrefix("LOCK_")]
public enum FlockOperation
{
    [LinuxName("LOCK_SH")] Shared = 1,
    [LinuxName("LOCK_EX")] Exclusive = 2,
    [LinuxName("LOCK_NB")] NonBlock = 4,
    [LinuxName("LOCK_UN")] Unlock = 8,
}
