// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>
/// A regular file in memory: a small one is an array, a large one is chunks of pages, a mapped one a memfd.
/// </summary>
/// <remarks>
/// Locks: <see cref="TmpfsInode.Lock"/> for everything; reads of a memfd only take its number under the lock,
/// and large transfers only borrow a chunk under it.
/// Invariants: at most one of array, pages and memfd has content; what lies beyond it or in a hole reads as
/// zero.
/// </remarks>
internal sealed class TmpfsFile : TmpfsInode
{
    /// <summary>Largest content kept in an array.</summary>
    private const int MaxInline = 32 * 1024;

    private byte[] _inline = [];
    private PagedContent? _paged;
    private MappableContent? _mappable;
    private long _size;
    private long _pages;
    private TmpfsMemory? _memory;

    internal TmpfsFile(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation)
    {
    }

    internal override long Size => _size;

    protected override long Pages => _mappable?.Pages ?? _paged?.Pages ?? _pages;

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        UnlessGone(new TmpfsOpenFile(this, location, flags));

    internal Result<int> Read(Span<byte> buffer, long offset)
    {
        int fd;
        using (Lock.Enter())
        {
            TouchAccessLocked();
            if (offset >= _size)
            {
                return 0;
            }

            buffer = buffer[..(int)Math.Min(buffer.Length, _size - offset)];
            if (_paged is not null)
            {
                _paged.Read(buffer, offset);
                return buffer.Length;
            }

            if (_mappable is null)
            {
                return ReadInlineLocked(buffer, offset);
            }

            fd = _mappable.Fd;
        }

        return HostFile.Pread(fd, buffer, offset);
    }

    internal Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer, long offset)
    {
        using (Lock.Enter())
        {
            return WriteLocked(caller, buffer, offset);
        }
    }

    internal Result<int> Append(Caller caller, ReadOnlySpan<byte> buffer, out long end)
    {
        using (Lock.Enter())
        {
            Result<int> result = WriteLocked(caller, buffer, _size);
            end = _size;
            return result;
        }
    }

    /// <summary>
    /// A chunk to copy from without the lock, with a reference; null where there is none or nothing more.
    /// </summary>
    /// <param name="offset">Where reading begins.</param>
    /// <param name="length">How many bytes; afterwards how many of them there are, within the chunk.</param>
    internal PageChunk? BorrowForRead(long offset, ref int length)
    {
        using (Lock.Enter())
        {
            TouchAccessLocked();
            long left = Math.Min(PageChunk.Size - offset % PageChunk.Size, _size - offset);
            length = (int)Math.Clamp(left, 0, length);
            PageChunk? chunk = length == 0 ? null : _paged?.Find(offset);
            chunk?.AddReference();
            return chunk;
        }
    }

    /// <summary>
    /// A chunk to copy to without the lock, with a reference: call <see cref="CommitWrite"/> afterwards.
    /// </summary>
    /// <param name="caller">Who writes.</param>
    /// <param name="offset">Where.</param>
    /// <param name="length">How many bytes; afterwards how many of them the chunk has room for.</param>
    /// <returns>ENOSPC; EOPNOTSUPP where the content is not in chunks.</returns>
    internal Result<PageChunk> BorrowForWrite(Caller caller, long offset, ref int length)
    {
        using (Lock.Enter())
        {
            ActLocked(caller);
            if (_mappable is not null || _paged is { IsScattered: true }
                || (_paged is null && offset + length <= MaxInline))
            {
                return Errno.EOPNOTSUPP;
            }

            if (!ToPagesLocked().TryGet(out PagedContent? paged, out Errno error))
            {
                return error;
            }

            length = (int)Math.Min(length, PageChunk.Size - offset % PageChunk.Size);
            Result<PageChunk> chunk = paged.Prepare(offset, ref length);
            if (chunk.IsOk)
            {
                chunk.Value.AddReference();
            }

            return chunk;
        }
    }

    /// <summary>What was copied to a chunk becomes content; the borrowed reference is given back.</summary>
    internal Result<int> CommitWrite(Caller caller, PageChunk chunk, long offset, int length)
    {
        Result<int> result = length;
        using (Lock.Enter())
        {
            if (_paged?.Find(offset) != chunk)
            {
                // Truncated or mapped meanwhile: the bytes are in nobody's chunk, so they are written again.
                result = WriteLocked(
                    caller, chunk.Slice((int)(offset % PageChunk.Size), length), offset);
            }
            else if (length > 0)
            {
                _size = Math.Max(_size, offset + length);
                TouchLocked();
            }
        }

        chunk.Release();
        return result;
    }

    internal Errno Allocate(Caller caller, int mode, long offset, long length)
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
            ActLocked(caller);
            if (!ToMappableLocked().TryGet(out MappableContent? content, out Errno error))
            {
                return error;
            }

            error = content.Allocate(mode, (mode & PunchHole) != 0, offset, length);
            _size = error == Errno.Success && mode == 0 ? Math.Max(_size, offset + length) : _size;
            TouchLocked();
            return error;
        }
    }

    internal Result<long> SeekData(long offset, int whence)
    {
        using (Lock.Enter())
        {
            const int SeekDataWhence = 3;
            bool data = whence == SeekDataWhence;
            if (offset < 0 || offset >= _size)
            {
                return Errno.ENXIO;
            }

            return _mappable is not null ? HostFile.Seek(_mappable.Fd, offset, whence)
                : _paged is not null ? _paged.Seek(offset, _size, data) : data ? offset : _size;
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

            if (!ToMappableLocked().TryGet(out MappableContent? content, out Errno error))
            {
                return error;
            }

            return _memory = new TmpfsMemory(this, content.Fd);
        }
    }

    protected override Errno ResizeLocked(long size)
    {
        Errno error = Errno.Success;
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        if (_mappable is not null)
        {
            error = _mappable.Resize(size);
        }
        else if (_paged is not null)
        {
            error = size < _size ? _paged.Shrink(size) : Errno.Success;
            _paged = size == 0 ? null : _paged;
        }
        else
        {
            if (size < _inline.Length)
            {
                Array.Resize(ref _inline, (int)size);
            }

            long pages = MappableContent.PagesOf(Math.Min(_inline.Length, size));
            TryCharge(pages - _pages);
            _pages = pages;
        }

        _size = error == Errno.Success ? size : _size;
        return error;
    }

    protected override void DropContent()
    {
        MappableContent? mappable;
        using (Lock.Enter())
        {
            (mappable, _mappable) = (_mappable, null);
            _ = _paged?.Shrink(0);
            _paged = null;
            _inline = [];
            _size = 0;
            TryCharge(-_pages);
            _pages = 0;
        }

        mappable?.Close(mappable.Pages);
    }

    private void TouchAccessLocked() =>
        AccessNs = AccessNs <= ModifyNs || AccessNs <= ChangeNs ? Clock.RealtimeNs() : AccessNs;

    private Result<int> WriteLocked(Caller caller, ReadOnlySpan<byte> buffer, long offset)
    {
        ActLocked(caller);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (offset > long.MaxValue - buffer.Length)
        {
            return Errno.EFBIG;
        }

        TouchLocked();
        Result<int> written;
        if (_mappable is not null || _paged is { IsScattered: true })
        {
            Result<MappableContent> mappable = ToMappableLocked();
            written = mappable.IsOk ? mappable.Value.Write(buffer, offset) : Errno.ENOSPC;
        }
        else if (_paged is null && offset + buffer.Length <= MaxInline)
        {
            written = WriteInlineLocked(buffer, (int)offset, (int)offset + buffer.Length);
        }
        else
        {
            Result<PagedContent> paged = ToPagesLocked();
            written = paged.IsOk ? paged.Value.Write(buffer, offset) : paged.Error;
        }

        _size = Math.Max(_size, offset + (written.IsOk ? written.Value : 0));
        return written;
    }

    private int ReadInlineLocked(Span<byte> buffer, long offset)
    {
        int present = (int)Math.Clamp(_inline.Length - offset, 0, buffer.Length);
        _inline.AsSpan(present > 0 ? (int)offset : 0, present).CopyTo(buffer);
        buffer[present..].Clear();
        return buffer.Length;
    }

    private Result<int> WriteInlineLocked(ReadOnlySpan<byte> buffer, int offset, int end)
    {
        long pages = Math.Max(_pages, MappableContent.PagesOf(end));
        for (; !TryCharge(pages - _pages); buffer = buffer[..(end - offset)])
        {
            end = (int)(--pages * TmpfsFileSystem.PageSize);
            if (end <= offset)
            {
                return Refusal;
            }
        }

        _pages = pages;
        if (end > _inline.Length)
        {
            Array.Resize(ref _inline, Math.Max(end, Math.Min(_inline.Length * 2, MaxInline)));
        }

        buffer.CopyTo(_inline.AsSpan(offset));
        return buffer.Length;
    }

    private Result<PagedContent> ToPagesLocked()
    {
        if (_paged is not null)
        {
            return _paged;
        }

        // The same pages are charged anew, so they must not count twice.
        var paged = new PagedContent(this);
        TryCharge(-_pages);
        int length = (int)Math.Min(_inline.Length, _size);
        Result<int> copied = paged.Write(_inline.AsSpan(0, length), 0);
        if (!copied.IsOk || copied.Value < length)
        {
            _ = paged.Shrink(0);
            _pages = TryCharge(_pages) ? _pages : 0;
            return Refusal;
        }

        _pages = 0;
        _inline = [];
        return _paged = paged;
    }

    private Result<MappableContent> ToMappableLocked()
    {
        if (_mappable is not null)
        {
            return _mappable;
        }

        Result<MappableContent> made = MappableContent.Create(this, Pages, _size);
        if (!made.TryGet(out MappableContent? content, out Errno error))
        {
            return error;
        }

        error = _paged is not null ? _paged.CopyTo(content.Fd, _size)
            : PagedContent.WriteAll(content.Fd, _inline.AsSpan(0, (int)Math.Min(_inline.Length, _size)), 0);
        if (error != Errno.Success)
        {
            content.Close(0);
            return error;
        }

        _paged?.Abandon();
        _paged = null;
        _inline = [];
        _pages = 0;
        content.Recount();
        return _mappable = content;
    }
}
