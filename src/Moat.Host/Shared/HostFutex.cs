// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Shared;

/// <summary>futex(2) on memory shared between processes (never the private kind).</summary>
public static unsafe class HostFutex
{
    private const ulong WaitOperation = 0;
    private const ulong WakeOperation = 1;
    private const ulong WaitBitsetOperation = 9;
    private const ulong MatchAny = 0xffffffff;

    /// <summary>Sleeps while the word holds the expected value.</summary>
    /// <param name="word">A word in a shared mapping.</param>
    /// <param name="expected">The value to sleep on.</param>
    /// <param name="timeoutNs">Relative, in nanoseconds; negative for no limit.</param>
    /// <returns>Success when woken (or spuriously), EAGAIN when the value differs, ETIMEDOUT,
    /// EINTR.</returns>
    [HostCall("futex", Why = "hand-off between task threads and stubs")]
    public static Errno Wait(uint* word, uint expected, long timeoutNs = -1)
    {
        if (timeoutNs < 0)
        {
            return HostCall.Invoke(SyscallNumber.futex, (ulong)word, WaitOperation, expected).Error;
        }

        Timespec timeout = Timespec.FromNanoseconds(timeoutNs);
        return HostCall.Invoke(SyscallNumber.futex, (ulong)word, WaitOperation, expected,
            (ulong)&timeout).Error;
    }

    /// <summary>Sleeps while the word holds the expected value, until a point of CLOCK_MONOTONIC.</summary>
    [HostCall("futex", Why = "hand-off with a deadline")]
    public static Errno WaitUntil(uint* word, uint expected, long deadlineNs)
    {
        Timespec deadline = Timespec.FromNanoseconds(deadlineNs);
        return HostCall.Invoke(
            SyscallNumber.futex, (ulong)word, WaitBitsetOperation, expected, (ulong)&deadline, 0,
                MatchAny).Error;
    }

    /// <summary>Wakes up to <paramref name="count"/> sleepers; returns how many.</summary>
    [HostCall("futex", Why = "hand-off between task threads and stubs")]
    public static int Wake(uint* word, int count = 1)
    {
        Thread.MemoryBarrier();
        SysResult result = HostCall.Invoke(SyscallNumber.futex, (ulong)word, WakeOperation, (ulong)count);
        return result.IsError ? 0 : (int)result.Raw;
    }
}
