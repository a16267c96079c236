// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Images;

/// <summary>A file of an image: what images of all formats have in common.</summary>
/// <remarks>Locks: <see cref="ImageFileSystem.LockOf"/> while <see cref="_memory"/> is made.</remarks>
public abstract class ImageInode : Inode
{
    private ImageMemory? _memory;
    private WeakReference<DirectoryListing>? _largeListing;

    /// <summary>An inode of a type.</summary>
    protected ImageInode(ImageFileSystem fileSystem, FileType type)
        : base(fileSystem, type)
    {
    }

    /// <summary>st_ino.</summary>
    public abstract ulong Number { get; }

    /// <summary>Size of its content in bytes.</summary>
    public abstract long Size { get; }

    internal ImageFileSystem Image => (ImageFileSystem)FileSystem;

    /// <inheritdoc/>
    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        Errno error = GetAttributes(out InodeAttributes attributes);
        ownership = new(attributes.Mode, attributes.Uid, attributes.Gid);
        return error;
    }

    /// <inheritdoc/>
    public override Errno SetAttributes(Caller caller, in AttributeChange change) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno SetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno RemoveExtendedAttribute(Caller caller, ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        Type == FileType.Regular ? new ImageFile(this, location, flags) : base.Open(caller, location, flags);

    /// <inheritdoc/>
    public override Result<DirectoryListing> List(Caller caller)
    {
        if (!IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        if (Volatile.Read(ref _largeListing) is { } known && known.TryGetTarget(out DirectoryListing? shared))
        {
            return shared;
        }

        Result<DirectoryListing> read = ReadListing();
        if (!read.IsOk || !ImageListings.IsLarge(read.Value))
        {
            return read;
        }

        Errno error = Image.Listings.Charge(read.Value);
        if (error != Errno.Success)
        {
            return error;
        }

        Volatile.Write(ref _largeListing, new WeakReference<DirectoryListing>(read.Value));
        return read;
    }

    /// <summary>Reads a directory.</summary>
    internal abstract Result<DirectoryListing> ReadListing();

    /// <summary>Reads content; the range lies in the file.</summary>
    /// <returns>At least one byte; EIO or EUCLEAN when the image is broken.</returns>
    internal abstract Result<int> ReadContent(Span<byte> buffer, long offset);

    /// <summary>Where the content lies in the image.</summary>
    /// <param name="source">The bytes of the image.</param>
    /// <param name="offset">Where in them the content begins.</param>
    /// <returns>How much of it lies there in one piece from its beginning on; 0 for nothing.</returns>
    internal virtual long Locate(out ImageSource? source, out long offset)
    {
        source = null;
        offset = 0;
        return 0;
    }

    /// <summary>What a mapping of it maps, with a reference for the caller.</summary>
    internal Result<ImageMemory> AcquireMemory()
    {
        using (Image.LockOf(this).Enter())
        {
            if (_memory is { } present && present.TryAddReference())
            {
                present.Touch();
                return present;
            }

            Result<ImageMemory> made = ImageMemory.Create(this);
            if (made.IsOk)
            {
                Volatile.Write(ref _memory, made.Value);
                made.Value.AddReference();
                Image.Idle.Add(made.Value);
            }

            return made;
        }
    }

    /// <summary>Its last user is gone.</summary>
    internal void Forget(ImageMemory memory) => Interlocked.CompareExchange(ref _memory, null, memory);
}
