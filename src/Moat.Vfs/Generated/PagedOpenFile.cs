// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>An open <see cref="PagedFile"/>: keeps the page that is being read.</summary>
/// <remarks>Locks: its own, of rank FilePosition, also while a page is made.</remarks>
internal sealed class PagedOpenFile(PagedFile file, Location location, OpenFlags flags)
    : InodeFile(location, flags)
{
    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private IPages? _pages;
    private byte[] _page = [];
    private long _start;
    private long _position;

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        using (_lock.Enter())
        {
            int got = ReadLocked(caller, buffer, _position);
            _position += got;
            return got;
        }
    }

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
    {
        using (_lock.Enter())
        {
            return ReadLocked(caller, buffer, offset);
        }
    }

    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        using (_lock.Enter())
        {
            long target = whence switch { 0 => offset, 1 => _position + offset, _ => -1 };
            return target < 0 ? Errno.EINVAL : _position = target;
        }
    }

    public override Errno Truncate(Caller caller, long length) => Errno.Success;

    private int ReadLocked(Caller caller, Span<byte> buffer, long offset)
    {
        if (_pages is null || offset == 0 || offset < _start)
        {
            _pages = file.Begin();
            _page = [];
            _start = 0;
        }

        while (offset >= _start + _page.Length)
        {
            var writer = new ContentWriter { Viewer = caller };
            _start += _page.Length;
            _page = [];
            if (!_pages.Next(caller, writer))
            {
                return 0;
            }

            _page = writer.Written.ToArray();
        }

        ReadOnlySpan<byte> rest = _page.AsSpan((int)(offset - _start));
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }
}
