// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>
/// An open directory: reads <see cref="Inode.List"/> once per pass and gives it out piece by piece.
/// </summary>
/// <remarks>
/// Locks: its own, of rank FilePosition.
/// Invariants: an offset is an index into the listing of this pass: 0 is ".", 1 is "..". Seeking to 0 begins
/// a new pass, which is what rewinddir(3) promises; names that come or go during a pass may be missed, as
/// POSIX allows. A pass that has reached its end keeps nothing: seeking back lists anew.
/// </remarks>
public sealed class ListedDirectoryFile(Location location, OpenFlags flags) : InodeFile(location, flags)
{
    // What all open directories of a sandbox hold between two reads: two have a copy each after a change.
    private const long MostHeld = 256 << 20;

    private static long s_held;

    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private long _position;
    private bool _isAtEnd;
    private DirectoryListing? _listing;

    public override Result<int> Read(Caller caller, Span<byte> buffer) => Errno.EISDIR;

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) => Errno.EISDIR;

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) => Errno.EBADF;

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) => Errno.EBADF;

    public override Errno Sync(bool dataOnly) => Inode.SyncDirectory();

    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        using (_lock.Enter())
        {
            long target = whence switch { 0 => offset, 1 => _position + offset, _ => -1 };
            if (target < 0)
            {
                return Errno.EINVAL;
            }

            if (target == 0)
            {
                _ = HoldLocked(null);
            }

            _isAtEnd = false;
            return _position = target;
        }
    }

    public override Errno ReadDirectory(Caller caller, ref DirectoryEntryWriter writer)
    {
        DirectoryListing? listing = _listing;
        if (_isAtEnd)
        {
            return Errno.Success;
        }

        if (listing is null)
        {
            if (Location!.Value.Dentry.IsDeleted)
            {
                return Errno.ENOENT;
            }

            // Listing may take inode locks, which rank below the position's: so before that lock is taken.
            Result<DirectoryListing> listed = Inode.List(caller);
            if (!listed.TryGet(out listing, out Errno error))
            {
                return error;
            }
        }

        Dentry dentry = Location!.Value.Dentry;
        (ulong self, ulong parent) = _position < 2 ? (NumberOf(dentry), NumberOf(dentry.Parent)) : (1, 1);
        using (_lock.Enter())
        {
            if (_listing is null && !HoldLocked(listing))
            {
                return Errno.ENOMEM;
            }

            listing = _listing ?? listing;
            long start = _position;
            while (_position < listing.Count + 2L && Add(listing, self, parent, ref writer))
            {
                _position++;
            }

            if (_position >= listing.Count + 2L)
            {
                _isAtEnd = true;
                _ = HoldLocked(null);
            }

            return _position == start && !_isAtEnd ? Errno.EINVAL : Errno.Success;
        }
    }

    protected override void Destroy()
    {
        // Nobody else has it any more: no lock, whatever whoever drops the last reference may hold.
        _ = HoldLocked(null);
        base.Destroy();
    }

    private bool HoldLocked(DirectoryListing? listing)
    {
        long change = (listing?.Bytes ?? 0) - (_listing?.Bytes ?? 0);
        if (Interlocked.Add(ref s_held, change) > MostHeld && change > 0)
        {
            Interlocked.Add(ref s_held, -change);
            return false;
        }

        _listing = listing;
        return true;
    }

    private bool Add(DirectoryListing listing, ulong self, ulong parent, ref DirectoryEntryWriter writer)
    {
        const byte Directory = 4;
        switch (_position)
        {
            case 0:
                return writer.TryAdd(self, 1, Directory, "."u8);
            case 1:
                return writer.TryAdd(parent, 2, Directory, ".."u8);
            default:
                int index = (int)_position - 2;
                return writer.TryAdd(
                    listing.InodeNumber(index), _position + 1, listing.EntryType(index), listing.Name(index));
        }
    }

    private static ulong NumberOf(Dentry dentry) =>
        dentry.Inode.GetAttributes(out InodeAttributes attributes) == Errno.Success
            ? attributes.InodeNumber : 0;
}
