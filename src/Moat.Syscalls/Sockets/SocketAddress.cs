// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls.Sockets;

/// <summary>Raw socket addresses in guest memory.</summary>
internal static class SocketAddress
{
    /// <summary>sizeof(struct sockaddr_storage).</summary>
    internal const int MaximumLength = 128;

    /// <summary>Copies an address in; EINVAL, EFAULT.</summary>
    internal static Result<byte[]> Read(Task task, ulong pointer, int length)
    {
        if (length is < 0 or > MaximumLength)
        {
            return Errno.EINVAL;
        }

        byte[] address = new byte[length];
        Errno error = task.Memory.Read(pointer, address);
        return error == Errno.Success ? address : error;
    }

    /// <summary>
    /// Tells an address's whole length, then copies it out, cut to the room there is (move_addr_to_user).
    /// </summary>
    internal static Errno Write(Task task, ReadOnlySpan<byte> address, ulong pointer, GuestPtr<int> length)
    {
        Errno error = length.Read(task.Memory, out int room);
        if (error != Errno.Success)
        {
            return error;
        }

        if (room < 0)
        {
            return Errno.EINVAL;
        }

        error = length.Write(task.Memory, address.Length);
        return error != Errno.Success
            ? error : task.Memory.Write(pointer, address[..Math.Min(room, address.Length)]);
    }
}
