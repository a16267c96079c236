// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>Flags of pidfd_send_signal(2).</summary>
[Flags]
[LinuxPrefix("PIDFD_SIGNAL_")]
public enum PidFdSignalFlags : uint
{
    [LinuxName("PIDFD_SIGNAL_THREAD")] Thread = 1,
    [LinuxName("PIDFD_SIGNAL_THREAD_GROUP")] ThreadGroup = 2,
    [LinuxName("PIDFD_SIGNAL_PROCESS_GROUP")] ProcessGroup = 4,
}
