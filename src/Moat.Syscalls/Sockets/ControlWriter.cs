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

    /// <summary>SCM_CREDENTIALS.</summary>
    internal Errno WriteCredentials(PeerCredentials sender)
    {
        Span<byte> data = stackalloc byte[12];
        MemoryMarshal.Write(data, sender);
        return Write(CredentialsType, data);
    }

    /// <summary>SCM_RIGHTS: opens as many of the files as fit; the others are closed.</summary>
    internal Errno WriteFiles(OpenFile[] files, bool closeOnExec)
    {
        ulong left = room - Used;
        int fit = left >= HeaderSize + 4 ? (int)Math.Min((left - HeaderSize) / 4, (ulong)files.Length) : 0;
        Span<byte> data = stackalloc byte[4 * 253];
        Span<int> fds = MemoryMarshal.Cast<byte, int>(data);
        int opened = 0;
        foreach (OpenFile file in files)
        {
            if (opened == fit)
            {
                file.Release();
                Flags |= MessageFlags.ControlTruncated;
            }
            else if (task.Files.Install(file, closeOnExec).TryGet(out int fd, out _))
            {
                fds[opened++] = fd;
            }
            else
            {
                fit = opened;
                Flags |= MessageFlags.ControlTruncated;
            }
        }

        return opened > 0 ? Write(Rights, data[..(4 * opened)]) : Errno.Success;
    }

    private Errno Write(int type, scoped ReadOnlySpan<byte> data)
    {
        ulong left = room - Used;
        int size = HeaderSize + data.Length;
        if (left < HeaderSize)
        {
            Flags |= MessageFlags.ControlTruncated;
            return Errno.Success;
        }

        if ((ulong)size > left)
        {
            Flags |= MessageFlags.ControlTruncated;
            size = (int)left;
        }

        Span<byte> message = stackalloc byte[HeaderSize + (4 * 253)];
        MemoryMarshal.Write(message, new ControlHeader((ulong)size, SocketLevel, type));
        data[..(size - HeaderSize)].CopyTo(message[HeaderSize..]);
        Errno error = task.Memory.Write(address + Used, message[..size]);
        Used += Math.Min((ulong)((size + 7) & ~7), left);
        return error;
    }
}
