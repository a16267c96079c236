// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Numerics;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.Tmpfs;

/// <summary>
/// The content of a file in memory of the kernel process, charged to its file system: chunks where something
/// was written.
/// </summary>
/// <remarks>
/// Locks: all of it belongs to the file's lock.
/// Invariants: bytes beyond the file's size are zero; where there is no chunk, all is zero. A chunk that is
/// borrowed is never cleared but replaced, so that its borrower can tell.
/// </remarks>
internal sealed class PagedContent(TmpfsFile owner)
{
    private const int FewChunks = 32;
    private const int LeastPages = 8;

    private readonly Dictionary<long, PageChunk> _chunks = new();

    /// <summary>How many pages have content.</summary>
    internal long Pages { get; private set; }

    /// <summary>
    /// True when most of its chunks hold next to nothing: a memfd, of which the host keeps account, serves
    /// such a file better than addresses and objects that nobody is charged for.
    /// </summary>
    internal bool IsScattered => _chunks.Count > FewChunks && Pages < _chunks.Count * LeastPages;

    /// <summary>The chunk that holds an offset, or null.</summary>
    internal PageChunk? Find(long offset) => _chunks.GetValueOrDefault(offset / PageChunk.Size);

    /// <summary>Copies out.</summary>
    internal void Read(Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            int start = (int)(offset % PageChunk.Size);
            int piece = Math.Min(buffer.Length, PageChunk.Size - start);
            if (Find(offset) is { } chunk)
            {
                chunk.Slice(start, piece).CopyTo(buffer);
            }
            else
            {
                buffer[..piece].Clear();
            }

            buffer = buffer[piece..];
            offset += piece;
        }
    }

    /// <summary>Copies in; says how much before there was no room, ENOSPC when that is nothing.</summary>
    internal Result<int> Write(ReadOnlySpan<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int start = (int)((offset + done) % PageChunk.Size);
            int piece = Math.Min(buffer.Length - done, PageChunk.Size - start);
            if (!Prepare(offset + done, ref piece).TryGet(out PageChunk? chunk, out Errno error))
            {
                return done > 0 ? done : error;
            }

            buffer.Slice(done, piece).CopyTo(chunk.Slice(start, piece));
            done += piece;
        }

        return done;
    }

    /// <summary>
    /// The chunk for a range within one, whose pages then count as written; ENOSPC. The range becomes shorter
    /// when there is room for some of its pages only.
    /// </summary>
    internal Result<PageChunk> Prepare(long offset, ref int length)
    {
        int start = (int)(offset % PageChunk.Size);
        PageChunk? chunk = Find(offset);
        int missing = chunk?.CountMissing(start, length)
            ?? BitOperations.PopCount(PageChunk.PagesOf(start, length));
        while (!owner.TryCharge(missing))
        {
            // One page less, until it fits: near the limit only, and at most 64 times.
            int end = (start + length - 1) & ~(PageChunk.PageSize - 1);
            if (end <= start)
            {
                return owner.Refusal;
            }

            length = end - start;
            missing = chunk?.CountMissing(start, length)
                ?? BitOperations.PopCount(PageChunk.PagesOf(start, length));
        }

        if (chunk is null)
        {
            if (!owner.Tmpfs.TmpfsOptions.Pages.Take().TryGet(out chunk, out Errno error))
            {
                owner.TryCharge(-missing);
                return error;
            }

            _chunks.Add(offset / PageChunk.Size, chunk);
        }

        Pages += missing;
        chunk.MarkPresent(start, length);
        return chunk;
    }

    /// <summary>Makes everything from an offset on zero and gives its memory back.</summary>
    internal Errno Shrink(long size)
    {
        long last = size / PageChunk.Size;
        int kept = (int)(size % PageChunk.Size);
        if (kept > 0 && _chunks.TryGetValue(last, out PageChunk? cut))
        {
            int before = cut.Pages;
            if (cut.IsBorrowed)
            {
                if (!owner.Tmpfs.TmpfsOptions.Pages.Take().TryGet(out PageChunk? copy, out Errno error))
                {
                    return error;
                }

                copy.CopyFrom(cut, kept);
                _chunks[last] = copy;
                cut.Release();
                cut = copy;
            }
            else
            {
                cut.ClearFrom(kept);
            }

            Discharge(before - cut.Pages);
        }

        // Removing while enumerating is allowed (Dictionary's remarks).
        foreach ((long index, PageChunk chunk) in _chunks)
        {
            if (index > last || (index == last && kept == 0))
            {
                Discharge(chunk.Pages);
                _chunks.Remove(index);
                chunk.Release();
            }
        }

        return Errno.Success;
    }

    /// <summary>Lets go of everything; its charge becomes somebody else's.</summary>
    internal void Abandon()
    {
        foreach (PageChunk chunk in _chunks.Values)
        {
            chunk.Release();
        }

        _chunks.Clear();
        Pages = 0;
    }

    /// <summary>Writes what there is to a host file, which becomes sparse where this is.</summary>
    internal Errno CopyTo(int fd, long size)
    {
        foreach ((long index, PageChunk chunk) in _chunks)
        {
            for (ulong left = chunk.Present; left != 0;)
            {
                int first = BitOperations.TrailingZeroCount(left);
                int count = BitOperations.TrailingZeroCount(~(left >> first));
                left &= first + count >= PageChunk.PageCount ? 0 : ulong.MaxValue << (first + count);
                long offset = index * PageChunk.Size + first * PageChunk.PageSize;
                int length = (int)Math.Clamp(size - offset, 0, count * PageChunk.PageSize);
                Errno error = WriteAll(fd, chunk.Slice(first * PageChunk.PageSize, length), offset);
                if (error != Errno.Success)
                {
                    return error;
                }
            }
        }

        return Errno.Success;
    }

    /// <summary>SEEK_DATA and SEEK_HOLE from an offset below the size.</summary>
    internal Result<long> Seek(long offset, long size, bool data)
    {
        while (offset < size)
        {
            int page = (int)(offset % PageChunk.Size / PageChunk.PageSize);
            ulong present = Find(offset)?.Present ?? 0;
            ulong wanted = (data ? present : ~present) >> page;
            if (wanted != 0)
            {
                int skip = BitOperations.TrailingZeroCount(wanted);
                long start = offset - offset % PageChunk.Size + (long)(page + skip) * PageChunk.PageSize;
                offset = skip == 0 ? offset : start;
                break;
            }

            long next = offset / PageChunk.Size + 1;
            offset = (data ? NextChunk(next) : next) is { } index && index <= size / PageChunk.Size
                ? index * PageChunk.Size : size;
        }

        return offset < size ? offset : data ? Errno.ENXIO : size;
    }

    /// <summary>Writes all of it.</summary>
    internal static Errno WriteAll(int fd, ReadOnlySpan<byte> content, long offset)
    {
        while (!content.IsEmpty)
        {
            if (!HostFile.Pwrite(fd, content, offset).TryGet(out int count, out Errno error))
            {
                return error;
            }

            content = content[count..];
            offset += count;
        }

        return Errno.Success;
    }

    private void Discharge(int pages)
    {
        owner.TryCharge(-pages);
        Pages -= pages;
    }

    private long? NextChunk(long from)
    {
        long? next = null;
        foreach (long index in _chunks.Keys)
        {
            next = index >= from && (next is null || index < next) ? index : next;
        }

        return next;
    }
}
