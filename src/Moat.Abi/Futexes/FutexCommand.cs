// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Futexes;

/// <summary>The futex_op argument of futex(2): a command and flags (include/uapi/linux/futex.h).</summary>
[Flags]
public enum FutexCommand : uint
{
    Wait = 0,
    Wake = 1,
    Fd = 2,
    Requeue = 3,
    CompareRequeue = 4,
    WakeOperation = 5,
    LockPi = 6,
    UnlockPi = 7,
    TryLockPi = 8,
    WaitBitset = 9,
    WakeBitset = 10,
    WaitRequeuePi = 11,
    CompareRequeuePi = 12,
    LockPi2 = 13,

    /// <summary>FUTEX_PRIVATE_FLAG.</summary>
    Private = 128,

    /// <summary>FUTEX_CLOCK_REALTIME.</summary>
    ClockRealtime = 256,
}
