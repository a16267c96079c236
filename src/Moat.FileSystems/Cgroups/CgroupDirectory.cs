// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Cgroups;

/// <summary>The directory of a control group: its files, and the groups below.</summary>
/// <remarks>Locks: names change under NamespaceLock and the tree lock of the groups.</remarks>
public sealed class CgroupDirectory : GeneratedInode
{
    private const uint Mode = 0x1ed;
    private readonly CgroupFileSystem _fileSystem;

    internal CgroupDirectory(CgroupFileSystem fileSystem, Cgroup group)
        : base(fileSystem, FileType.Directory, Mode)
    {
        _fileSystem = fileSystem;
        Group = group;
        Number = group.Number * CgroupFiles.NumbersOfGroup;
    }

    /// <summary>The group.</summary>
    public Cgroup Group { get; }

    /// <inheritdoc/>
    protected override (uint Uid, uint Gid) Owner => (Given.Uid, Given.Gid);

    /// <inheritdoc/>
    protected override uint Permissions => Given.Permissions;

    /// <inheritdoc/>
    protected override uint LinkCount => (uint)(2 + Group.ChildrenLocked.Count);

    private CgroupFileOwner Given => Group.OwnerOf("", Mode);

    /// <summary>May a process be put into the group by who has opened a directory of it.</summary>
    public static Errno CheckEnter(Caller caller, CgroupDirectory target, Cgroup from) =>
        CgroupMoves.Check(caller, caller.Credentials, target._fileSystem, target.Group, from, opens: true);

    /// <inheritdoc/>
    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name)
    {
        if (CgroupFiles.Find(name) is { } file)
        {
            return file.IsIn(Group) ? new CgroupFile(_fileSystem, Group, file) : Errno.ENOENT;
        }

        using RankedLock.Scope scope = _fileSystem.Groups.Lock.Enter();
        return Group.FindChildLocked(name) is { } child
            ? new CgroupDirectory(_fileSystem, child) : Errno.ENOENT;
    }

    /// <inheritdoc/>
    public override bool Revalidate(Inode parent, ReadOnlySpan<byte> name) => !Group.IsDead;

    /// <inheritdoc/>
    public override Result<DirectoryListing> List(Caller caller)
    {
        var listing = new DirectoryListing();
        foreach (CgroupFileType file in CgroupFiles.All)
        {
            if (file.IsIn(Group))
            {
                listing.Add(file.Bytes, file.NumberIn(Group), FileType.Regular);
            }
        }

        using RankedLock.Scope scope = _fileSystem.Groups.Lock.Enter();
        foreach (Cgroup child in Group.ChildrenLocked)
        {
            listing.Add(child.Name, child.Number * CgroupFiles.NumbersOfGroup, FileType.Directory);
        }

        return listing;
    }

    /// <inheritdoc/>
    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        if (creation.Type != FileType.Directory)
        {
            return creation.Type == FileType.Regular ? Errno.EACCES : Errno.EPERM;
        }

        // A name with a newline could not be told from two in /proc/PID/cgroup.
        if (name.Contains((byte)'\n'))
        {
            return Errno.EINVAL;
        }

        if (!_fileSystem.Groups.Create(Group, name, caller.Credentials)
            .TryGet(out Cgroup? made, out Errno error))
        {
            return error;
        }

        uint permissions = creation.Mode & StatMode.PermissionMask;
        made.SetOwner("", new CgroupFileOwner(made.Uid, made.Gid, permissions));
        return new CgroupDirectory(_fileSystem, made);
    }

    /// <inheritdoc/>
    public override Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        _fileSystem.Groups.Remove(((CgroupDirectory)victim).Group);

    /// <inheritdoc/>
    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        CgroupFile.Change(Group, "", Given, change);
}
