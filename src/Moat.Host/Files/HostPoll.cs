// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>ppoll(2) on host descriptors.</summary>
public static unsafe class HostPoll
{
    /// <summary>Waits until one of the entries is ready.</summary>
    /// <param name="entries">Descriptors; the answers are written into them.</param>
    /// <param name="timeoutNs">Relative; negative for no limit, 0 to only look.</param>
    /// <returns>How many are ready, 0 on timeout, or EINTR.</returns>
    [HostCall("ppoll", Why = "readiness of host pipes, terminals, control sockets, pidfds")]
    public static Result<int> Wait(Span<PollEntry> entries, long timeoutNs = -1)
    {
        Timespec timeout = Timespec.FromNanoseconds(Math.Max(timeoutNs, 0));
        fixed (PollEntry* p = entries)
        {
            return HostCall.Invoke(
                SyscallNumber.ppoll, (ulong)p, (ulong)entries.Length, timeoutNs < 0 ? 0
                    : (ulong)&timeout).AsInt();
        }
    }

    /// <summary>Looks at one descriptor without waiting; returns the events that are ready.</summary>
    public static short Look(int fd, short events)
    {
        PollEntry entry = new() { Fd = fd, Events = events };
        return Wait(new Span<PollEntry>(ref entry), 0).IsOk ? entry.Returned : (short)0;
    }
}
