// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>A generated directory with a fixed set of entries, in the order they were added.</summary>
/// <remarks>Invariants: filled before the first lookup, then only read.</remarks>
public class StaticDirectory(FileSystem fileSystem, uint permissions = 0x16d)
    : GeneratedInode(fileSystem, FileType.Directory, permissions)
{
    private readonly Dictionary<byte[], Inode> _entries = new(NameComparer.Instance);
    private readonly List<byte[]> _order = [];
    private uint _directories;

    protected override uint LinkCount => 2 + _directories;

    /// <summary>Adds an entry; returns the directory itself.</summary>
    public StaticDirectory Add(string name, Inode inode)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        _entries.Add(bytes, inode);
        _order.Add(bytes);
        _directories += inode.IsDirectory ? 1u : 0;
        return this;
    }

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name) =>
        _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out Inode? inode)
            ? inode : Errno.ENOENT;

    public override Result<DirectoryListing> List(Caller caller)
    {
        var listing = new DirectoryListing();
        AddEntries(listing);
        return listing;
    }

    /// <summary>Adds the fixed entries to a listing.</summary>
    protected void AddEntries(DirectoryListing listing)
    {
        foreach (byte[] name in _order)
        {
            Inode inode = _entries[name];
            ulong number = inode is GeneratedInode generated ? generated.Number : 1;
            listing.Add(name, number, inode.Type);
        }
    }
}
