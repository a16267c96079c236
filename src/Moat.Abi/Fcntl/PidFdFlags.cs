// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>Flags of pidfd_open(2).</summary>
[Flags]
[LinuxPrefix("PIDFD_")]
public enum PidFdFlags : uint
{
    [LinuxName("PIDFD_THREAD")] Thread = 0x80,
    [LinuxName("PIDFD_NONBLOCK")] NonBlock = 0x800,
}
