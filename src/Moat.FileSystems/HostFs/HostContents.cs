// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// The open descriptors of one regular host file: at most one for reading and one for writing.
/// </summary>
/// <remarks>
/// Locks: <see cref="Lock"/> (rank Inode), held while one is opened and while bytes are appended.
/// Invariants: nothing is open that no open file or mapping uses, but for a root that is a file itself and
/// what an exclusive file system keeps open for a while.
/// </remarks>
internal sealed class HostContents(HostInode inode)
{
    private HostContent? _reader;
    private HostContent? _writer;
    private HostContent? _pending;

    internal RankedLock Lock { get; } = new(LockRank.Inode);

    /// <summary>A descriptor, shared; with a reference for the caller.</summary>
    internal Result<HostContent> Acquire(bool write)
    {
        using (Lock.Enter())
        {
            // Who drops it does so without the lock: one of both gets it.
            if (Interlocked.Exchange(ref _pending, null) is { } pending)
            {
                return pending;
            }

            if (_writer is { } writer && (write || writer.Readable) && writer.TryAddReference())
            {
                return writer;
            }

            if (!write && _reader is { } reader && reader.TryAddReference())
            {
                reader.Touch();
                return reader;
            }

            if (!TryTakeDescriptor())
            {
                return Errno.ENFILE;
            }

            Result<HostContent> opened = Open(write);
            if (!opened.IsOk)
            {
                inode.Options.Descriptors.GiveBack();
            }
            else if (write)
            {
                _writer = opened.Value;
            }
            else
            {
                _reader = opened.Value;
                KeepOpen(opened.Value);
            }

            return opened;
        }
    }

    /// <summary>Nobody has opened what was made to be opened at once.</summary>
    internal void DropPending()
    {
        if (Interlocked.Exchange(ref _pending, null) is { } pending)
        {
            pending.Release();
        }
    }

    /// <summary>Whatever is open, with a reference for the caller; null when nothing is.</summary>
    internal HostContent? TryAcquireAny()
    {
        HostContent? content = Volatile.Read(ref _writer) ?? Volatile.Read(ref _reader);
        return content is not null && content.TryAddReference() ? content : null;
    }

    /// <summary>
    /// A second descriptor of whatever is open, for a file that has no name to open it by; ENOENT.
    /// </summary>
    internal Result<int> DuplicateAny()
    {
        if (TryAcquireAny() is not { } content)
        {
            return Errno.ENOENT;
        }

        Result<int> fd = HostFile.Duplicate(content.HostFd);
        content.Release();
        return fd;
    }

    /// <summary>
    /// Keeps the descriptor with which the file was made for the open that follows at once.
    /// </summary>
    internal Errno Adopt(int fd)
    {
        Errno error = HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat);
        if (error == Errno.Success && !inode.IsSame(stat))
        {
            error = Errno.ESTALE;
        }

        if (error == Errno.Success && !inode.Options.Descriptors.TryTake())
        {
            error = Errno.ENFILE;
        }

        if (error != Errno.Success)
        {
            HostFile.Close(fd);
            return error;
        }

        using (Lock.Enter())
        {
            _writer = _pending = Made(new HostContent(inode, fd, readable: true, writable: true));
        }

        return Errno.Success;
    }

    /// <summary>
    /// A mount of a single file: there is no directory to open it from, so its descriptor is an open one (not
    /// O_PATH), which stays open.
    /// </summary>
    internal void OpenRoot(int fd)
    {
        Result<OpenFlags> flags = HostFile.GetFlags(fd);
        if (!flags.IsOk || (flags.Value & OpenFlags.Path) != 0 || !inode.Options.Descriptors.TryTake())
        {
            return;
        }

        Result<int> copy = HostFile.Duplicate(fd);
        if (!copy.IsOk)
        {
            inode.Options.Descriptors.GiveBack();
            return;
        }

        bool write = (flags.Value & OpenFlags.AccessMode) == OpenFlags.ReadWrite;
        var content = new HostContent(inode, copy.Value, readable: true, writable: write);
        _ = write ? _writer = content : _reader = content;
    }

    /// <summary>A descriptor was closed.</summary>
    internal void Forget(HostContent content)
    {
        Interlocked.CompareExchange(ref _reader, null, content);
        Interlocked.CompareExchange(ref _writer, null, content);
    }

    /// <summary>What is read once is often read again, and nobody else removes or replaces it.</summary>
    private void KeepOpen(HostContent content)
    {
        if (inode.Options.IsExclusive)
        {
            content.AddReference();
            inode.Host.OpenContents.Add(content);
        }
    }

    private HostContent Made(HostContent content)
    {
        inode.Host.Usage?.Opened(inode.Number);
        return content;
    }

    private bool TryTakeDescriptor()
    {
        if (inode.Options.Descriptors.TryTake())
        {
            return true;
        }

        inode.Host.OpenContents.Clear();
        return inode.Options.Descriptors.TryTake();
    }

    private Result<HostContent> Open(bool write)
    {
        if (inode.Place is null)
        {
            // Removed meanwhile, or a mounted file that the launcher could open for reading only.
            return write && _reader is not null ? Errno.EACCES : Errno.ENOENT;
        }

        Result<int> fd = inode.OpenVerified(write ? OpenFlags.ReadWrite : OpenFlags.ReadOnly);
        bool readable = true;
        if (write && fd.Error == Errno.EACCES)
        {
            readable = false;
            fd = inode.OpenVerified(OpenFlags.WriteOnly);
        }

        return fd.IsOk ? Made(new HostContent(inode, fd.Value, readable, write)) : fd.Error;
    }
}
