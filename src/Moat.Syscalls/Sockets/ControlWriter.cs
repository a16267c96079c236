// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Sockets;
using Moat.Vfs;

namespace Moat.Syscalls.Sockets;

/// <summary>Hands the control messages of recvmsg out: credentials, then descriptors.</summary>
internal ref struct ControlWriter(Task task, ulong address, ulong room)
{
    private const int HeaderSize = 16;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int CredentialsType = 2;

    /// <summary>Bytes written.</summary>
    internal ulong Used { get; private set; }

    /// <summary>MSG_CTRUNC when something did not fit.</summary>
    internal MessageFlags Flags { get; private set; }

    /// <summary>SCM_CREDENTIALS; where they cannot be put, nothing says so (put_cmsg).</summary>
    internal void WriteCredentials(PeerCredentials sender)
    {
        Span<byte> data = stackalloc byte[12];
        MemoryMarshal.Write(data, sender);
        Write(CredentialsType, data);
    }

    /// <summary>SCM_RIGHTS: opens as many files as fit and can be told; the others are closed.</summary>
    internal void WriteFiles(OpenFile[] files, bool closeOnExec)
    {
        ulong left = room - Used;
        int fit = left >= HeaderSize + 4 ? (int)Math.Min((left - HeaderSize) / 4, (ulong)files.Length) : 0;
        Span<byte> data = stackalloc byte[4 * 253];
        Span<int> fds = MemoryMarshal.Cast<byte, int>(data);
        int reserved = 0;
        while (reserved < fit && task.Files.Reserve(closeOnExec).TryGet(out int fd, out _))
        {
            fds[reserved++] = fd;
        }

        int told = reserved > 0 ? Write(Rights, data[..(4 * reserved)]) / 4 : 0;
        for (int i = 0; i < files.Length; i++)
        {
            if (i < told)
            {
                task.Files.Publish(fds[i], files[i]);
                continue;
            }

            if (i < reserved)
            {
                task.Files.CancelReservation(fds[i]);
            }

            files[i].Release();
        }

        Flags |= told < files.Length ? MessageFlags.ControlTruncated : 0;
    }

    // How much of the data went, in whole words: all that there is room for, unless the memory faults.
    private int Write(int type, scoped ReadOnlySpan<byte> data)
    {
        ulong left = room - Used;
        if (left < HeaderSize)
        {
            Flags |= MessageFlags.ControlTruncated;
            return 0;
        }

        int size = HeaderSize + data.Length;
        if ((ulong)size > left)
        {
            Flags |= MessageFlags.ControlTruncated;
            size = (int)left;
        }

        Span<byte> message = stackalloc byte[HeaderSize + (4 * 253)];
        MemoryMarshal.Write(message, new ControlHeader((ulong)size, SocketLevel, type));
        data[..(size - HeaderSize)].CopyTo(message[HeaderSize..]);
        int written = task.Memory.WritePartial(address + Used, message[..size]);
        if (written < size)
        {
            size = written & ~3;
            if (type != Rights || size <= HeaderSize
                || task.Memory.Write(address + Used, (ulong)size) != Errno.Success)
            {
                return 0;
            }
        }

        Used += Math.Min((ulong)((size + 7) & ~7), left);
        return size - HeaderSize;
    }
}
