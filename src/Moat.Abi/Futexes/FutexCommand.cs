// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Futexes;

/// <summary>The futex_op argument of futex(2): a command and flags (include/uapi/linux/futex.h).</summary>
[Flags]
[LinuxPrefix("FUTEX_")]
public enum FutexCommand : uint
{
    Wait = 0,
    Wake = 1,
    Fd = 2,
    Requeue = 3,
    [LinuxName("FUTEX_CMP_REQUEUE")] CompareRequeue = 4,
    [LinuxName("FUTEX_WAKE_OP")] WakeOperation = 5,
    [LinuxName("FUTEX_LOCK_PI")] LockPi = 6,
    [LinuxName("FUTEX_UNLOCK_PI")] UnlockPi = 7,
    [LinuxName("FUTEX_TRYLOCK_PI")] TryLockPi = 8,
    [LinuxName("FUTEX_WAIT_BITSET")] WaitBitset = 9,
    [LinuxName("FUTEX_WAKE_BITSET")] WakeBitset = 10,
    [LinuxName("FUTEX_WAIT_REQUEUE_PI")] WaitRequeuePi = 11,
    [LinuxName("FUTEX_CMP_REQUEUE_PI")] CompareRequeuePi = 12,
    [LinuxName("FUTEX_LOCK_PI2")] LockPi2 = 13,

    /// <summary>FUTEX_PRIVATE_FLAG.</summary>
    [LinuxName("FUTEX_PRIVATE_FLAG")] Private = 128,

    /// <summary>FUTEX_CLOCK_REALTIME.</summary>
    [LinuxName("FUTEX_CLOCK_REALTIME")] ClockRealtime = 256,
}
