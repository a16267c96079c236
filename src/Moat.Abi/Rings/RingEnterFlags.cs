// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Rings;

/// <summary>Flags of io_uring_enter(2).</summary>
[Flags]
[LinuxPrefix("IORING_ENTER_")]
public enum RingEnterFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("IORING_ENTER_GETEVENTS")] GetEvents = 1,
    [LinuxName("IORING_ENTER_SQ_WAKEUP")] WakeUp = 1 << 1,
    [LinuxName("IORING_ENTER_SQ_WAIT")] SubmissionWait = 1 << 2,
    [LinuxName("IORING_ENTER_EXT_ARG")] ExtendedArgument = 1 << 3,
    [LinuxName("IORING_ENTER_REGISTERED_RING")] RegisteredRing = 1 << 4,
}
