// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls.Polling;

/// <summary>Relative timeouts as guests pass them.</summary>
internal static class Timeouts
{
    /// <summary>From milliseconds; negative is never.</summary>
    internal static Deadline FromMilliseconds(int ms) =>
        ms < 0 ? Deadline.Never : Deadline.After(ms * 1_000_000L);

    /// <summary>From a timespec in guest memory; null is never.</summary>
    internal static Errno Read(Task task, GuestPtr<Timespec> pointer, out Deadline deadline, out bool wait)
    {
        deadline = Deadline.Never;
        wait = true;
        if (pointer.IsNull)
        {
            return Errno.Success;
        }

        Errno error = pointer.Read(task.Memory, out Timespec value);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!value.IsValid)
        {
            return Errno.EINVAL;
        }

        long ns = value.ToNanoseconds();
        wait = ns > 0;
        deadline = Deadline.After(ns);
        return Errno.Success;
    }

    /// <summary>What is left until a deadline, not below zero.</summary>
    internal static long Left(Deadline deadline) => Math.Max(deadline.MonotonicNs - Clock.MonotonicNs(), 0);
}
