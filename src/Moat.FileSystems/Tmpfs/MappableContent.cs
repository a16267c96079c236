// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Shared;

namespace Moat.FileSystems.Tmpfs;

/// <summary>The content of a file that has been mapped, or preallocated: a memfd.</summary>
/// <remarks>
/// Locks: all of it belongs to the file's lock, but <see cref="Fd"/>, which stays open while an open file or
/// a mapping uses the inode.
/// Invariants: the memfd has exactly the file's size, so that mappings beyond the end fault as on Linux.
/// </remarks>
internal sealed class MappableContent
{
    private readonly TmpfsFile _owner;

    private MappableContent(TmpfsFile owner, int fd, long pages)
    {
        _owner = owner;
        Fd = fd;
        Pages = pages;
    }

    internal int Fd { get; }

    /// <summary>Pages charged to the file system.</summary>
    internal long Pages { get; private set; }

    /// <summary>A memfd of a size; ENFILE without descriptors.</summary>
    /// <param name="owner">Whose limits count.</param>
    /// <param name="charged">Pages that are charged for the content already.</param>
    /// <param name="size">The file's size.</param>
    internal static Result<MappableContent> Create(TmpfsFile owner, long charged, long size)
    {
        DescriptorBudget descriptors = owner.Tmpfs.TmpfsOptions.Descriptors;
        if (!descriptors.TryTake())
        {
            return Errno.ENFILE;
        }

        Result<int> made = Memfd.Create("tmpfs", MemfdFlags.CloseOnExec | MemfdFlags.Exec);
        if (!made.TryGet(out int fd, out Errno error))
        {
            descriptors.GiveBack();
            return error == Errno.EMFILE ? Errno.ENFILE : error;
        }

        error = HostFile.Truncate(fd, size);
        if (error != Errno.Success)
        {
            _ = HostFile.Close(fd);
            descriptors.GiveBack();
            return error;
        }

        return new MappableContent(owner, fd, charged);
    }

    /// <summary>
    /// Writes, and charges what that adds: what is stored through mappings is seen by nobody, so that only
    /// the host knows how many pages there are.
    /// </summary>
    internal Result<int> Write(ReadOnlySpan<byte> buffer, long offset)
    {
        long most = PagesOf(buffer.Length) + 1;
        if (!_owner.TryCharge(most))
        {
            return _owner.Refusal;
        }

        Pages += most;
        Result<int> result = HostFile.Pwrite(Fd, buffer, offset);
        Recount();
        return result;
    }

    internal Errno Resize(long size)
    {
        Errno error = HostFile.Truncate(Fd, size);
        if (error == Errno.Success)
        {
            Recount();
        }

        return error;
    }

    /// <summary>fallocate(2); modes have been checked.</summary>
    internal Errno Allocate(int mode, bool punches, long offset, long length)
    {
        if (!punches && !_owner.TryCharge(PagesOf(length)))
        {
            return _owner.Refusal;
        }

        Errno error = HostFile.Allocate(Fd, (uint)mode, offset, length);
        if (!punches)
        {
            _owner.TryCharge(-PagesOf(length));
        }

        Recount();
        return error;
    }

    /// <summary>Charges what the host says the memfd holds.</summary>
    internal void Recount()
    {
        if (HostPath.Stat(Fd, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success)
        {
            long pages = (long)stat.Blocks / (TmpfsFileSystem.PageSize / 512);
            _owner.Charge(pages - Pages);
            Pages = pages;
        }
    }

    /// <summary>Closes it; so many pages are no longer charged.</summary>
    internal void Close(long pages)
    {
        _owner.TryCharge(-pages);
        _ = HostFile.Close(Fd);
        _owner.Tmpfs.TmpfsOptions.Descriptors.GiveBack();
    }

    internal static long PagesOf(long bytes) =>
        (bytes + TmpfsFileSystem.PageSize - 1) / TmpfsFileSystem.PageSize;
}
