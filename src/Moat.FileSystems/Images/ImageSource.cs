// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.Images;

/// <summary>The bytes of an image: a host file, or a memfd that a compressed one was inflated into.</summary>
/// <remarks>
/// Its length is what it was at the start; a file that the host shortens meanwhile reads as broken (EIO).
/// </remarks>
public sealed class ImageSource
{
    private int _mayBeMapped;
    private int _isClosed;

    /// <summary>The bytes behind a descriptor, which belongs to the image from now on.</summary>
    public ImageSource(int fd, long length)
    {
        Fd = fd;
        Length = length;
    }

    /// <summary>The descriptor, open for reading only.</summary>
    public int Fd { get; }

    /// <summary>Size in bytes.</summary>
    public long Length { get; }

    /// <summary>
    /// False when the host would let nobody execute what is mapped from it: it is on a noexec mount, whose
    /// flag is not the guest's.
    /// </summary>
    public bool MayBeMapped
    {
        get
        {
            if (Volatile.Read(ref _mayBeMapped) == 0)
            {
                Volatile.Write(ref _mayBeMapped, IsOnNoExecMount() ? -1 : 1);
            }

            return Volatile.Read(ref _mayBeMapped) > 0;
        }
    }

    /// <summary>True when all of a range lies in the source.</summary>
    public bool Holds(long offset, long length) =>
        offset >= 0 && length >= 0 && length <= Length && offset <= Length - length;

    /// <summary>Closes the descriptor; nobody may use it any more.</summary>
    internal void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _ = HostFile.Close(Fd);
        }
    }

    /// <summary>Fills the buffer; EIO when not all of it lies in the source.</summary>
    public Errno ReadExactly(Span<byte> buffer, long offset)
    {
        if (!Holds(offset, buffer.Length))
        {
            return Errno.EIO;
        }

        while (!buffer.IsEmpty)
        {
            if (!HostFile.Pread(Fd, buffer, offset).TryGet(out int count, out Errno error))
            {
                return error == Errno.EINTR ? Errno.EINTR : Errno.EIO;
            }

            if (count == 0)
            {
                return Errno.EIO;
            }

            buffer = buffer[count..];
            offset += count;
        }

        return Errno.Success;
    }

    private bool IsOnNoExecMount()
    {
        const int Flags = 10;
        const ulong NoExec = 8;
        Span<ulong> words = stackalloc ulong[15];
        return HostFile.StatFs(Fd, words) == Errno.Success && (words[Flags] & NoExec) != 0;
    }
}
