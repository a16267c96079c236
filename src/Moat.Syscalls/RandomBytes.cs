// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Utsname;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Transfer;

namespace Moat.Syscalls;

/// <summary>getrandom(2).</summary>
public static class RandomBytes
{
    private const int ChunkSize = 1024;

    /// <summary>getrandom(2). The host's pool is ready long before a sandbox runs: it never blocks.</summary>
    [Syscall("getrandom")]
    public static SysResult GetRandom(Task task, GuestBuffer buffer, ulong length, RandomFlags flags)
    {
        const RandomFlags Known = RandomFlags.NonBlock | RandomFlags.Random | RandomFlags.Insecure;
        const RandomFlags Exclusive = RandomFlags.Random | RandomFlags.Insecure;
        if ((flags & ~Known) != 0 || (flags & Exclusive) == Exclusive)
        {
            return Errno.EINVAL;
        }

        length = Math.Min(length, GuestSegments.MaximumCount);
        if (GuestSegments.Check(buffer.Address, length) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        Span<byte> chunk = stackalloc byte[ChunkSize];
        ulong done = 0;
        while (done < length)
        {
            Span<byte> part = chunk[..(int)Math.Min(length - done, ChunkSize)];
            SecureRandom.Fill(part);
            int written = task.Memory.WritePartial(buffer.Address + done, part);
            done += (ulong)written;
            if (written < part.Length)
            {
                return done == 0 ? Errno.EFAULT : done;
            }

            // Large requests give way to signals, as on Linux, once there is something to return.
            if (task.IsInterrupted && done >= 256)
            {
                break;
            }
        }

        return done;
    }
}
