// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A directory in memory.</summary>
/// <remarks>
/// Locks: names change under NamespaceLock and <see cref="TmpfsInode.Lock"/>; lookups take the latter.
/// </remarks>
internal sealed class TmpfsDirectory : TmpfsInode
{
    private const int EntrySize = 20;

    private readonly Dictionary<byte[], TmpfsInode> _entries = new(NameComparer.Instance);
    private DirectoryListing? _listing;

    internal TmpfsDirectory(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation)
    {
    }

    internal override long Size => (_entries.Count + 2) * EntrySize;

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name)
    {
        using (Lock.Enter())
        {
            return _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out TmpfsInode? inode)
                ? inode : Errno.ENOENT;
        }
    }

    public override Result<DirectoryListing> List(Caller caller)
    {
        using (Lock.Enter())
        {
            AccessNs = Clock.RealtimeNs();
            if (_listing is { } known)
            {
                return known;
            }

            var listing = new DirectoryListing();
            foreach ((byte[] name, TmpfsInode inode) in _entries)
            {
                listing.Add(name, inode.Number, inode.Type);
            }

            return _listing = listing;
        }
    }

    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        if (IsUnlinked)
        {
            return Errno.ENOENT;
        }

        if (!Tmpfs.Make(caller, creation).TryGet(out Inode? inode, out Errno error))
        {
            return error;
        }

        Add(name, (TmpfsInode)inode);
        return inode;
    }

    public override Result<Inode> CreateTemporary(Caller caller, in InodeCreation creation)
    {
        Result<Inode> made = Tmpfs.Make(caller, creation);
        if (made.IsOk)
        {
            // In use until its open file is: otherwise the lost link would free it at once.
            var inode = (TmpfsInode)made.Value;
            inode.AddUse();
            inode.MayBeLinked = !creation.StaysNameless;
            inode.ChangeLinks(-1);
        }

        return made;
    }

    public override Errno Link(Caller caller, ReadOnlySpan<byte> name, Inode target)
    {
        if (IsUnlinked)
        {
            return Errno.ENOENT;
        }

        var inode = (TmpfsInode)target;
        Errno error = inode.IsUnlinked && !inode.MayBeLinked ? Errno.ENOENT : inode.AddLink();
        if (error == Errno.Success)
        {
            Add(name, inode);
        }

        return error;
    }

    public override Errno Unlink(Caller caller, ReadOnlySpan<byte> name, Inode victim)
    {
        Remove(name);
        ((TmpfsInode)victim).ChangeLinks(-1);
        return Errno.Success;
    }

    public override Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> name, Inode victim)
    {
        var directory = (TmpfsDirectory)victim;
        if (directory._entries.Count != 0)
        {
            return Errno.ENOTEMPTY;
        }

        Remove(name);
        ChangeLinks(-1);
        directory.DropAllLinks();
        return Errno.Success;
    }

    public override Errno Rename(
        Caller caller, ReadOnlySpan<byte> oldName, Inode source, Inode newParent, ReadOnlySpan<byte> newName,
        Inode? victim, RenameFlags flags)
    {
        var target = (TmpfsDirectory)newParent;
        var moved = (TmpfsInode)source;
        if (target.IsUnlinked)
        {
            return Errno.ENOENT;
        }

        if ((flags & RenameFlags.Exchange) != 0)
        {
            Remove(oldName);
            target.Remove(newName);
            Put(oldName, (TmpfsInode)victim!);
            target.Put(newName, moved);
            MoveParentLinks(this, target, (moved.IsDirectory ? 1 : 0) - (victim!.IsDirectory ? 1 : 0));
            return Errno.Success;
        }

        if (victim is not null)
        {
            Errno error = victim.IsDirectory
                ? target.RemoveDirectory(caller, newName, victim) : target.Unlink(caller, newName, victim);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        if ((flags & RenameFlags.WhiteOut) != 0)
        {
            var whiteout = new InodeCreation { Mode = (uint)FileType.CharacterDevice };
            if (!Tmpfs.Make(caller, whiteout).TryGet(out Inode? mark, out Errno error))
            {
                return error;
            }

            Remove(oldName);
            Put(oldName, (TmpfsInode)mark);
        }
        else
        {
            Remove(oldName);
        }

        target.Put(newName, moved);
        MoveParentLinks(this, target, moved.IsDirectory ? 1 : 0);
        moved.ChangeLinks(0);
        return Errno.Success;
    }

    /// <summary>Everything below gives its memory back; nobody else is there any more.</summary>
    internal void DropTree()
    {
        var pending = new Stack<TmpfsDirectory>([this]);
        while (pending.TryPop(out TmpfsDirectory? directory))
        {
            foreach (TmpfsInode inode in directory._entries.Values)
            {
                if (inode is TmpfsDirectory below)
                {
                    pending.Push(below);
                }
                else
                {
                    inode.DropForGood();
                }
            }
        }
    }

    /// <summary>True when there is no name in it.</summary>
    internal bool IsEmpty
    {
        get
        {
            using (Lock.Enter())
            {
                return _entries.Count == 0;
            }
        }
    }

    private static void MoveParentLinks(TmpfsDirectory from, TmpfsDirectory to, int count)
    {
        if (from != to && count != 0)
        {
            from.ChangeLinks(-count);
            to.ChangeLinks(count);
        }
    }

    private void Add(ReadOnlySpan<byte> name, TmpfsInode inode)
    {
        Put(name, inode);
        if (inode.IsDirectory)
        {
            ChangeLinks(1);
        }
    }

    private void Put(ReadOnlySpan<byte> name, TmpfsInode inode)
    {
        using (Lock.Enter())
        {
            _entries[name.ToArray()] = inode;
            _listing = null;
            TouchLocked();
        }
    }

    private void Remove(ReadOnlySpan<byte> name)
    {
        using (Lock.Enter())
        {
            _entries.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name);
            _listing = null;
            TouchLocked();
        }
    }
}
