// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Shared;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A regular file in memory: small ones are an array, large and mapped ones a memfd.</summary>
/// <remarks>
/// Locks: <see cref="TmpfsInode.Lock"/> for everything; reads of a memfd only take its number under the lock,
/// which stays open while an open file or mapping uses the inode.
/// Invariants: what lies beyond the array or in a hole reads as zero; a memfd has exactly the file's size.
/// </remarks>
internal sealed class TmpfsFile : TmpfsInode
{
    /// <summary>Largest content kept in an array.</summary>
    private const int MaxInline = 32 * 1024;

    /// <summary>Largest content kept in an array when descriptors have run out.</summary>
    private const int MaxInlineWithoutDescriptors = 16 * 1024 * 1024;

    private byte[] _inline = [];
    private int _fd = -1;
    private long _size;
    private long _pages;
    private long _highWater;
    private bool _isSparse;
    private TmpfsMemory? _memory;

    internal TmpfsFile(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation)
    {
    }

    internal override long Size => _size;

    protected override long Pages => _pages;

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        new TmpfsOpenFile(this, location, flags);

    internal Result<int> Read(Span<byte> buffer, long offset)
    {
        int fd;
        using (Lock.Enter())
        {
            if (AccessNs <= ModifyNs || AccessNs <= ChangeNs)
            {
                AccessNs = Clock.RealtimeNs();
            }

            if (offset >= _size)
            {
                return 0;
            }

            buffer = buffer[..(int)Math.Min(buffer.Length, _size - offset)];
            fd = _fd;
            if (fd < 0)
            {
                int present = (int)Math.Clamp(_inline.Length - offset, 0, buffer.Length);
                if (present > 0)
                {
                    _inline.AsSpan((int)offset, present).CopyTo(buffer);
                }

                buffer[present..].Clear();
                return buffer.Length;
            }
        }

        return HostFile.Pread(fd, buffer, offset);
    }

    internal Result<int> Write(ReadOnlySpan<byte> buffer, long offset)
    {
        using (Lock.Enter())
        {
            return WriteLocked(buffer, offset);
        }
    }

    internal Result<int> Append(ReadOnlySpan<byte> buffer, out long end)
    {
        using (Lock.Enter())
        {
            Result<int> result = WriteLocked(buffer, _size);
            end = _size;
            return result;
        }
    }

    internal Errno Allocate(int mode, long offset, long length)
    {
        const int KeepSize = 1;
        const int PunchHole = 2;
        if ((mode & ~(KeepSize | PunchHole)) != 0 || mode == PunchHole)
        {
            return Errno.EOPNOTSUPP;
        }

        // Pages are counted in long: a length near its end must not wrap round to a small count.
        if (length > long.MaxValue - offset || offset + length > long.MaxValue - Environment.SystemPageSize)
        {
            return Errno.EFBIG;
        }

        using (Lock.Enter())
        {
            Errno error = ToMemfdLocked();
            if (error != Errno.Success)
            {
                return error;
            }

            if ((mode & PunchHole) == 0 && !Tmpfs.TryCharge(PagesOf(length)))
            {
                return Errno.ENOSPC;
            }

            error = HostFile.Allocate(_fd, (uint)mode, offset, length);
            if ((mode & PunchHole) == 0)
            {
                Tmpfs.TryCharge(-PagesOf(length));
            }

            if (error == Errno.Success && mode == 0)
            {
                _size = Math.Max(_size, offset + length);
            }

            _isSparse = true;
            RecountLocked();
            TouchLocked();
            return error;
        }
    }

    internal Result<long> SeekData(long offset, int whence)
    {
        using (Lock.Enter())
        {
            const int SeekDataWhence = 3;
            if (offset < 0 || offset >= _size)
            {
                return Errno.ENXIO;
            }

            return _fd >= 0 ? HostFile.Seek(_fd, offset, whence) : whence == SeekDataWhence ? offset : _size;
        }
    }

    /// <summary>What a mapping maps, with a reference for the caller.</summary>
    internal Result<TmpfsMemory> AcquireMemory()
    {
        using (Lock.Enter())
        {
            if (_memory is { } present && present.TryAddReference())
            {
                return present;
            }

            Errno error = ToMemfdLocked();
            if (error != Errno.Success)
            {
                return error;
            }

            // Stores through a mapping are seen by nobody: from now on pages are counted by the host.
            _isSparse = true;
            return _memory = new TmpfsMemory(this, _fd);
        }
    }

    protected override Errno ResizeLocked(long size)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        if (_fd >= 0)
        {
            Errno error = HostFile.Truncate(_fd, size);
            if (error != Errno.Success)
            {
                return error;
            }

            _isSparse |= size > _size;
            _highWater = Math.Min(_highWater, size);
            _size = size;
            RecountLocked();
            return Errno.Success;
        }

        if (size < _inline.Length)
        {
            Array.Resize(ref _inline, (int)size);
        }

        _size = size;
        ChargeInlineLocked();
        return Errno.Success;
    }

    protected override void DropContent()
    {
        int fd;
        using (Lock.Enter())
        {
            (fd, _fd) = (_fd, -1);
            _inline = [];
            _size = 0;
            Tmpfs.TryCharge(-_pages);
            _pages = 0;
        }

        if (fd >= 0)
        {
            HostFile.Close(fd);
            Tmpfs.TmpfsOptions.Descriptors.GiveBack();
        }
    }

    private static long PagesOf(long bytes) =>
        (bytes + TmpfsFileSystem.PageSize - 1) / TmpfsFileSystem.PageSize;

    private Result<int> WriteLocked(ReadOnlySpan<byte> buffer, long offset)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (offset > long.MaxValue - buffer.Length)
        {
            return Errno.EFBIG;
        }

        long end = offset + buffer.Length;
        if (_fd < 0 && end > MaxInline)
        {
            Errno error = ToMemfdLocked();
            if (error != Errno.Success && (error != Errno.ENFILE || end > MaxInlineWithoutDescriptors))
            {
                return error == Errno.ENFILE ? Errno.ENOSPC : error;
            }
        }

        TouchLocked();
        return _fd < 0
            ? WriteInlineLocked(buffer, (int)offset, (int)end) : WriteMemfdLocked(buffer, offset, end);
    }

    private Result<int> WriteInlineLocked(ReadOnlySpan<byte> buffer, int offset, int end)
    {
        long pages = Math.Max(_pages, PagesOf(end));
        if (!Tmpfs.TryCharge(pages - _pages))
        {
            return Errno.ENOSPC;
        }

        _pages = pages;
        if (end > _inline.Length)
        {
            Array.Resize(ref _inline, Math.Max(end, Math.Min(_inline.Length * 2, MaxInline)));
        }

        buffer.CopyTo(_inline.AsSpan(offset));
        _size = Math.Max(_size, end);
        return buffer.Length;
    }

    private Result<int> WriteMemfdLocked(ReadOnlySpan<byte> buffer, long offset, long end)
    {
        long fresh = PagesOf(end) - Math.Max(PagesOf(_highWater), offset / TmpfsFileSystem.PageSize);
        bool countLater = _isSparse || fresh <= 0;
        if (!Tmpfs.TryCharge(Math.Max(fresh, _isSparse ? PagesOf(buffer.Length) : 0)))
        {
            return Errno.ENOSPC;
        }

        _pages += Math.Max(fresh, _isSparse ? PagesOf(buffer.Length) : 0);
        Result<int> result = HostFile.Pwrite(_fd, buffer, offset);
        if (!result.IsOk)
        {
            RecountLocked();
            return result;
        }

        _isSparse |= offset > _highWater;
        _highWater = Math.Max(_highWater, offset + result.Value);
        _size = Math.Max(_size, offset + result.Value);
        if (countLater && _isSparse)
        {
            RecountLocked();
        }

        return result;
    }

    /// <summary>Charges what the host says the memfd holds.</summary>
    private void RecountLocked()
    {
        if (_fd >= 0 && HostPath.Stat(_fd, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success)
        {
            long pages = (long)stat.Blocks / (TmpfsFileSystem.PageSize / 512);
            Tmpfs.TryCharge(pages - _pages);
            _pages = pages;
        }
    }

    private void ChargeInlineLocked()
    {
        long pages = PagesOf(Math.Min(_inline.Length, _size));
        Tmpfs.TryCharge(pages - _pages);
        _pages = pages;
    }

    private Errno ToMemfdLocked()
    {
        if (_fd >= 0)
        {
            return Errno.Success;
        }

        if (!Tmpfs.TmpfsOptions.Descriptors.TryTake())
        {
            return Errno.ENFILE;
        }

        if (!Memfd.Create("tmpfs", MemfdFlags.CloseOnExec | MemfdFlags.Exec).TryGet(out int fd,
            out Errno error))
        {
            Tmpfs.TmpfsOptions.Descriptors.GiveBack();
            return error == Errno.EMFILE ? Errno.ENFILE : error;
        }

        int length = (int)Math.Min(_inline.Length, _size);
        error = Fill(fd, _inline.AsSpan(0, length));
        if (error == Errno.Success)
        {
            error = HostFile.Truncate(fd, _size);
        }

        if (error != Errno.Success)
        {
            HostFile.Close(fd);
            Tmpfs.TmpfsOptions.Descriptors.GiveBack();
            return error;
        }

        _fd = fd;
        _inline = [];
        _highWater = length;
        _isSparse = _size > length;
        RecountLocked();
        return Errno.Success;
    }

    private static Errno Fill(int fd, ReadOnlySpan<byte> content)
    {
        int done = 0;
        while (done < content.Length)
        {
            if (!HostFile.Pwrite(fd, content[done..], done).TryGet(out int count, out Errno error))
            {
                return error;
            }

            done += count;
        }

        return Errno.Success;
    }
}
