// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Control.Owners;
using Moat.Host.Files;
using Moat.Host.Sockets;

namespace Moat.Cli.Launching;

/// <summary>
/// Tells a kernel process in a small user namespace who really owns files: there, everybody but the caller is
/// nobody.
/// </summary>
/// <remarks>
/// A request is a directory's descriptor and a name in it. The answer is that file's owner, followed by those
/// of other
/// files of the directory, since they will be asked for next. It tells nothing that the caller could not see
/// with ls.
/// </remarks>
internal sealed class OwnerBroker
{
    private const uint DoNotFollow = 0x100 | 0x800;
    private const int DirectoryBytes = 32 * 1024;

    private readonly int _socket;
    // Made at the first question, which a launcher that is root never hears.
    private OwnerRecord[] _answer = [];
    private byte[] _directory = [];

    internal OwnerBroker(int socket) => _socket = socket;

    /// <summary>The socket to poll.</summary>
    internal int Fd => _socket;

    /// <summary>Answers one request; false when the kernel process is gone.</summary>
    internal bool Serve()
    {
        Span<byte> name = stackalloc byte[OwnerRecord.MaximumName + 1];
        Span<int> descriptors = stackalloc int[1];
        Result<int> received = HostSocket.Receive(_socket, name, descriptors, out int count);
        if (!received.TryGet(out int length, out Errno error) || (length == 0 && count == 0))
        {
            return error is Errno.EMSGSIZE or Errno.EAGAIN;
        }

        if (_answer.Length == 0)
        {
            _answer = new OwnerRecord[OwnerRecord.Maximum];
            _directory = new byte[DirectoryBytes];
        }

        // A packet cannot be empty, so a name is sent with one byte before it.
        name = name[..length][1..];
        int records = 0;
        if (count == 1)
        {
            records = Fill(descriptors[0], name);
            HostFile.Close(descriptors[0]);
        }

        ReadOnlySpan<OwnerRecord> answer = records == 0 ? [default] : _answer.AsSpan(0, records);
        return HostSocket.Send(_socket, MemoryMarshal.AsBytes(answer)) == Errno.Success;
    }

    private int Fill(int directory, ReadOnlySpan<byte> name)
    {
        if (name.Contains((byte)'/') || name.Contains((byte)0) || name.SequenceEqual(".."u8))
        {
            return 0;
        }

        int count = 0;
        uint flags = name.IsEmpty ? DoNotFollow | HostPath.EmptyPath : DoNotFollow;
        if (!Add(directory, name, flags, ref count) || name.IsEmpty)
        {
            return count;
        }

        Result<int> opened = HostPath.Open(
            directory, "."u8, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec);
        if (opened.TryGet(out int listing, out _))
        {
            AddOthers(listing, ref count);
            HostFile.Close(listing);
        }

        return count;
    }

    private void AddOthers(int listing, ref int count)
    {
        while (HostPath.ReadDirectory(listing, _directory).TryGet(out int bytes, out _) && bytes > 0)
        {
            // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name.
            for (int at = 0; at < bytes;)
            {
                ReadOnlySpan<byte> record = _directory.AsSpan(at, bytes - at);
                at += BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
                ReadOnlySpan<byte> name = record[19..];
                name = name[..name.IndexOf((byte)0)];
                if (name.SequenceEqual(".."u8) || name.SequenceEqual("."u8))
                {
                    continue;
                }

                if (count == OwnerRecord.Maximum)
                {
                    return;
                }

                Add(listing, name, DoNotFollow, ref count);
            }
        }
    }

    private bool Add(int directory, ReadOnlySpan<byte> name, uint flags, ref int count)
    {
        if (HostPath.Stat(directory, name, flags, out HostStatx stat) != Errno.Success)
        {
            return false;
        }

        _answer[count++] = new OwnerRecord(
            stat.Inode, stat.ChangeTime.Seconds, stat.ChangeTime.Nanoseconds, stat.Uid, stat.Gid,
            stat.DevMajor, stat.DevMinor);
        return true;
    }
}
