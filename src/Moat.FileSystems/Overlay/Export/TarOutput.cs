// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>Bytes on their way into a tar: gathered in a buffer, written to a host descriptor.</summary>
/// <remarks>Invariants: after the first error nothing more is written.</remarks>
internal sealed class TarOutput(int fd)
{
    /// <summary>What everything in a tar is a multiple of.</summary>
    internal const int Block = 512;

    private const int Record = 20 * Block;

    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _used;
    private long _total;

    /// <summary>What went wrong first.</summary>
    internal Errno Error { get; private set; }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _total += bytes.Length;
        while (!bytes.IsEmpty && Error == Errno.Success)
        {
            int count = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            bytes = bytes[count..];
            _used += count;
            if (_used == _buffer.Length)
            {
                Flush();
            }
        }
    }

    internal void WriteZeros(long count)
    {
        Span<byte> zeros = stackalloc byte[4096];
        zeros.Clear();
        for (long left = count; left > 0 && Error == Errno.Success; left -= zeros.Length)
        {
            Write(zeros[..(int)Math.Min(zeros.Length, left)]);
        }
    }

    /// <summary>Fills the last block up with zeros.</summary>
    internal void Pad() => WriteZeros((Block - _total % Block) % Block);

    /// <summary>Two empty blocks, and what makes a whole record.</summary>
    internal void End()
    {
        WriteZeros(2 * Block);
        WriteZeros((Record - _total % Record) % Record);
        Flush();
    }

    private void Flush()
    {
        ReadOnlySpan<byte> left = _buffer.AsSpan(0, _used);
        _used = 0;
        while (!left.IsEmpty && Error == Errno.Success)
        {
            Result<int> written = HostFile.Write(fd, left);
            if (written.IsOk)
            {
                left = left[written.Value..];
                Error = written.Value == 0 ? Errno.EIO : Errno.Success;
            }
            else if (written.Error == Errno.EAGAIN)
            {
                Span<PollEntry> wait = [new PollEntry { Fd = fd, Events = PollEntry.Out }];
                Errno error = HostPoll.Wait(wait).Error;
                Error = error == Errno.EINTR ? Errno.Success : error;
            }
            else
            {
                Error = written.Error == Errno.EINTR ? Errno.Success : written.Error;
            }
        }
    }
}
