// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>Flags of close_range(2).</summary>
[Flags]
[LinuxPrefix("CLOSE_RANGE_")]
public enum CloseRangeFlags : uint
{
    [LinuxName("CLOSE_RANGE_UNSHARE")] Unshare = 2,
    [LinuxName("CLOSE_RANGE_CLOEXEC")] CloseOnExec = 4,
}
