// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Seccomp;

/// <summary>SECCOMP_FILTER_FLAG_ flags of SECCOMP_SET_MODE_FILTER.</summary>
[Flags]
[LinuxPrefix("SECCOMP_FILTER_FLAG_")]
public enum SeccompFilterFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("SECCOMP_FILTER_FLAG_TSYNC")] ThreadSync = 1,
    Log = 2,
    [LinuxName("SECCOMP_FILTER_FLAG_SPEC_ALLOW")] AllowSpeculation = 4,
    [LinuxName("SECCOMP_FILTER_FLAG_NEW_LISTENER")] NewListener = 8,
    [LinuxName("SECCOMP_FILTER_FLAG_TSYNC_ESRCH")] ThreadSyncError = 16,
    [LinuxName("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")] WaitKillable = 32,
}
