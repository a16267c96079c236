// SPDX-License-Identifier: Apache-2.0
namespace Moat.Syscalls.Dispatch;

/// <summary>What the calls of one number have cost so far.</summary>
public struct CallCounter
{
    /// <summary>How often it was called.</summary>
    public long Count;

    /// <summary>How often it answered an error; restarts are none.</summary>
    public long Errors;

    /// <summary>How often it answered ENOSYS.</summary>
    public long Missing;

    /// <summary>Time from call to return, waiting included, in ticks of Stopwatch.</summary>
    public long Ticks;

    /// <summary>Bytes allocated on the kernel's heap by the calling thread.</summary>
    public long Bytes;

    /// <summary>Adds what another thread has counted.</summary>
    public void Add(in CallCounter other)
    {
        Count += other.Count;
        Errors += other.Errors;
        Missing += other.Missing;
        Ticks += other.Ticks;
        Bytes += other.Bytes;
    }
}
