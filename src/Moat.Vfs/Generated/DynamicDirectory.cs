// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>A generated directory whose entries come and go with kernel objects, beside fixed ones.</summary>
/// <remarks>
/// Fixed entries (added at construction) are found first and cached; inodes from <see cref="Find"/> are
/// usually made anew by each lookup and say false in <see cref="Inode.IsCacheable"/>.
/// </remarks>
public abstract class DynamicDirectory(FileSystem fileSystem, uint permissions = 0x16d)
    : StaticDirectory(fileSystem, permissions)
{
    public sealed override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name)
    {
        Result<Inode> found = base.Lookup(caller, name);
        return found.IsOk ? found : Find(caller, name);
    }

    public sealed override Result<DirectoryListing> List(Caller caller)
    {
        var listing = new DirectoryListing();
        AddEntries(listing);
        Errno error = Enumerate(caller, listing);
        return error == Errno.Success ? listing : error;
    }

    /// <summary>Finds an entry that is not fixed; ENOENT.</summary>
    protected abstract Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name);

    /// <summary>Adds the present entries to a listing, after the fixed ones.</summary>
    protected abstract Errno Enumerate(Caller caller, DirectoryListing listing);
}
