// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.HostFs;
using Moat.Host.Files;
using Moat.Host.Shared;
using Moat.Memory;

namespace Moat.FileSystems.Images;

/// <summary>
/// What mappings of an image's file map: the image itself, whose pages the host shares among all sandboxes,
/// and for what does not lie there page by page a sealed copy in memory.
/// </summary>
/// <remarks>
/// Invariants: through the image's descriptor whole pages of the file's own bytes are mapped and nothing
/// else; it is never kept by stubs, since others of its bytes may be secret to the process. A copy has
/// exactly the size of what it holds, so that mappings beyond the end fault as on Linux.
/// </remarks>
internal sealed class ImageMemory : MemoryObject, IReusable
{
    internal const MemfdSeals Seals =
        MemfdSeals.Seal | MemfdSeals.Shrink | MemfdSeals.Grow | MemfdSeals.Write;

    private const long PageSize = 4096;

    private readonly ImageInode _inode;
    private readonly int _imageFd;
    private readonly int _copyFd;
    private readonly long _copied;
    private readonly bool _isDirect;
    private readonly int _emptyFd;
    private int _touched = 1;

    private ImageMemory(ImageInode inode, int imageFd, long offset, long direct, int copyFd, int emptyFd)
    {
        _inode = inode;
        _imageFd = imageFd;
        _copyFd = copyFd;
        _emptyFd = emptyFd;
        _isDirect = direct > 0;
        _copied = copyFd < 0 ? 0 : inode.Size - direct;
        HostOffset = _isDirect ? (ulong)offset : 0;
        HostLength = _isDirect ? (ulong)direct : ulong.MaxValue;
        KeptAs = _isDirect ? 0 : NextKept();
        _ = inode.GetAttributes(out Vfs.InodeAttributes attributes);
        DeviceId = attributes.DeviceId;
    }

    public override int HostFd => _isDirect ? _imageFd : _copyFd;

    public override ulong KeptAs { get; }

    public override ulong HostOffset { get; }

    public override ulong HostLength { get; }

    public override int TailFd => !_isDirect ? -1 : _copyFd >= 0 ? _copyFd : _emptyFd;

    public override bool IsHostFile => _isDirect;

    public override ulong DeviceId { get; }

    public override ulong InodeNumber => _inode.Number;

    public override string? Name => MappedName;

    /// <summary>The path by which it was first mapped.</summary>
    internal string? MappedName { get; set; }

    /// <summary>Used since the cache's hand last came by.</summary>
    internal void Touch() => Volatile.Write(ref _touched, 1);

    public bool TakeTouch()
    {
        bool was = Volatile.Read(ref _touched) != 0;
        Volatile.Write(ref _touched, 0);
        return was;
    }

    public void Evict() => Release();

    /// <summary>Makes it; ENFILE, ENOMEM, or EIO where the image is broken.</summary>
    internal static Result<ImageMemory> Create(ImageInode inode)
    {
        long direct = Direct(inode, out int imageFd, out long offset);
        if (direct >= inode.Size && direct > 0)
        {
            Result<int> empty = inode.Image.EmptyFd();
            return empty.IsOk ? new ImageMemory(inode, imageFd, offset, direct, -1, empty.Value)
                : empty.Error;
        }

        Result<int> copy = Copy(inode, direct);
        return copy.IsOk ? new ImageMemory(inode, imageFd, offset, direct, copy.Value, -1) : copy.Error;
    }

    protected override void Destroy()
    {
        _inode.Forget(this);
        if (_copyFd >= 0)
        {
            HostFile.Close(_copyFd);
            _inode.Image.Copies.GiveBack(_copied);
            _inode.Image.Descriptors.GiveBack();
        }
    }

    /// <summary>How many bytes, in whole pages, can be mapped from the image.</summary>
    private static long Direct(ImageInode inode, out int fd, out long offset)
    {
        fd = -1;
        long there = inode.Locate(out ImageSource? source, out offset);
        if (source is null || offset % PageSize != 0 || there <= 0 || !source.MayBeMapped)
        {
            return 0;
        }

        fd = source.Fd;
        long whole = there - (there % PageSize);
        return there == inode.Size && whole < there && IsPadded(source, offset + there)
            ? whole + PageSize : whole;
    }

    /// <summary>True when nothing but zeros follows up to the end of the page.</summary>
    private static bool IsPadded(ImageSource source, long end)
    {
        Span<byte> rest = stackalloc byte[(int)PageSize];
        rest = rest[..(int)(PageSize - (end % PageSize))];
        rest = rest[..(int)Math.Min(rest.Length, source.Length - end)];
        return source.ReadExactly(rest, end) == Errno.Success && !rest.ContainsAnyExcept((byte)0);
    }

    /// <summary>A memfd with the content from an offset on.</summary>
    private static Result<int> Copy(ImageInode inode, long from)
    {
        ImageFileSystem image = inode.Image;
        long size = inode.Size - from;
        if (!image.Descriptors.TryTake())
        {
            image.Idle.Clear();
            if (!image.Descriptors.TryTake())
            {
                return Errno.ENFILE;
            }
        }

        if (!TakeBytes(image, size))
        {
            image.Descriptors.GiveBack();
            return Errno.ENOMEM;
        }

        Result<int> filled = Fill(inode, from);
        if (!filled.IsOk)
        {
            image.Copies.GiveBack(size);
            image.Descriptors.GiveBack();
        }

        return filled;
    }

    private static bool TakeBytes(ImageFileSystem image, long size)
    {
        if (image.Copies.TryTake(size))
        {
            return true;
        }

        image.Idle.Clear();
        return image.Copies.TryTake(size);
    }

    private static Result<int> Fill(ImageInode inode, long from)
    {
        const MemfdFlags Flags = MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing | MemfdFlags.Exec;
        if (!Memfd.Create("image", Flags).TryGet(out int fd, out Errno error))
        {
            return error == Errno.EMFILE ? Errno.ENFILE : error;
        }

        error = HostFile.Truncate(fd, inode.Size - from);
        byte[] buffer = ScratchBuffers.Take();
        for (long at = from; at < inode.Size && error == Errno.Success;)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, inode.Size - at));
            if (inode.ReadContent(chunk, at).TryGet(out int count, out error))
            {
                error = Write(fd, chunk[..count], at - from);
                at += count;
            }
        }

        ScratchBuffers.Return(buffer);
        error = error == Errno.Success ? Memfd.AddSeals(fd, Seals) : error;
        if (error != Errno.Success)
        {
            HostFile.Close(fd);
            return error;
        }

        return fd;
    }

    private static Errno Write(int fd, ReadOnlySpan<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            if (!HostFile.Pwrite(fd, bytes, at).TryGet(out int count, out Errno error))
            {
                return error;
            }

            bytes = bytes[count..];
            at += count;
        }

        return Errno.Success;
    }
}
