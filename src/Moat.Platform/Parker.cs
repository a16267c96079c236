// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using System.Threading;
using Moat.Abi;
using Moat.Host;

namespace Moat.Platform;

/// <summary>
/// Where one kernel thread sleeps: a binary semaphore on a host futex, with an absolute deadline.
/// </summary>
/// <remarks>Invariants: one sleeper. An unpark that comes first is remembered.</remarks>
public sealed unsafe class Parker : IDisposable
{
    private const int FutexWaitBitsetPrivate = 9 | 128;
    private const int FutexWakePrivate = 1 | 128;
    private readonly uint* _word;

    /// <summary>A parker that nobody has unparked.</summary>
    public Parker()
    {
        _word = (uint*)NativeMemory.AlignedAlloc(64, 64);
        *_word = 0;
    }

    /// <summary>
    /// Sleeps until unparked or until CLOCK_MONOTONIC reaches the deadline (long.MaxValue: never).
    /// </summary>
    /// <returns>False when the deadline passed.</returns>
    public bool Park(long deadlineNs)
    {
        Timespec deadline = Timespec.FromNanoseconds(deadlineNs);
        while (Interlocked.Exchange(ref *_word, 0) == 0)
        {
            // SAFETY: the word lives until Dispose and the timespec is on this thread's stack for the whole
            // call.
            var result = HostCall.Invoke(
                SyscallNumber.futex, (ulong)_word, FutexWaitBitsetPrivate, 0,
                deadlineNs == long.MaxValue ? 0 : (ulong)&deadline, 0, uint.MaxValue);
            if (result.Error == Errno.ETIMEDOUT)
            {
                return Interlocked.Exchange(ref *_word, 0) != 0;
            }
        }

        return true;
    }

    /// <summary>Ends the present <see cref="Park"/>, or the next.</summary>
    public void Unpark()
    {
        if (Interlocked.Exchange(ref *_word, 1) == 0)
        {
            // SAFETY: as above.
            _ = HostCall.Invoke(SyscallNumber.futex, (ulong)_word, FutexWakePrivate, 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_word);
}
