// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;
using Moat.Vfs.Acls;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.HostFs;

/// <summary>The POSIX ACLs of a host file, as they were read at a time.</summary>
/// <remarks>
/// They are read when somebody's access depends on them and kept while the file's ctime stays, which changes
/// with them. Ids are the same on both sides where this is used (<see cref="HostFileSystemOptions"/>).
/// Invariants: immutable.
/// </remarks>
internal sealed class HostAcls
{
    /// <summary>For how long a directory's default ACL is believed, as to new files' umask.</summary>
    internal const long DefaultAgeNs = 1_000_000_000;

    // A ctime is as fine as the host's tick: what changed just now may change again within it.
    private const long TickNs = 20_000_000;
    private const int MaximumValue = 65536;

    private readonly Timespec _changeTime;
    private readonly long _readAtNs;
    private readonly bool _isSettled;

    private HostAcls(AclPair? pair, Timespec changeTime)
    {
        Pair = pair;
        _changeTime = changeTime;
        _readAtNs = Clock.MonotonicNs();
        _isSettled = Clock.RealtimeNs() - changeTime.ToNanoseconds() > TickNs;
    }

    private static ReadOnlySpan<byte> AccessName => "system.posix_acl_access"u8;

    private static ReadOnlySpan<byte> DefaultName => "system.posix_acl_default"u8;

    /// <summary>What there is; null for none.</summary>
    internal AclPair? Pair { get; }

    /// <summary>What a permission check needs, with the ACL as far as it is known.</summary>
    internal static InodeOwnership Ownership(
        HostInode inode, in InodeAttributes attributes, ref HostAcls? field)
    {
        HostAcls? known = Volatile.Read(ref field);
        bool isKnown = !inode.MayHaveAcls || !CanHaveThem(inode) || known?.IsOf(attributes) == true;
        return new InodeOwnership(attributes.Mode, attributes.Uid, attributes.Gid,
            isKnown ? known?.Pair?.Access : null, isKnown ? null : inode);
    }

    /// <summary>Those that are known, or else reads them.</summary>
    /// <param name="inode">Whose.</param>
    /// <param name="field">Where it keeps them.</param>
    /// <param name="maximumAgeNs">For how long they are believed without a look at the file.</param>
    internal static HostAcls? Find(HostInode inode, ref HostAcls? field, long maximumAgeNs)
    {
        HostAcls? known = Volatile.Read(ref field);
        if (!inode.MayHaveAcls || !CanHaveThem(inode) || known?.IsYoungerThan(maximumAgeNs) == true
            || inode.GetAttributes(null, out InodeAttributes attributes) != Errno.Success
            || known?.IsOf(attributes) == true)
        {
            return known;
        }

        HostAcls read = Read(inode, attributes);
        Volatile.Write(ref field, read);
        return read;
    }

    // What cannot be opened has no more than a mode.
    private static bool CanHaveThem(HostInode inode) =>
        inode.Type is FileType.Regular or FileType.Directory;

    private bool IsOf(in InodeAttributes attributes) =>
        _isSettled && attributes.ChangeTime == _changeTime;

    private bool IsYoungerThan(long ageNs) => ageNs > 0 && Clock.MonotonicNs() - _readAtNs < ageNs;

    private static HostAcls Read(HostInode inode, in InodeAttributes attributes)
    {
        Result<int> fd = HostXattrs.Open(inode);
        if (!fd.IsOk)
        {
            return new HostAcls(Closed(attributes.Mode), default);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaximumValue);
        bool isRead = TryRead(fd.Value, AccessName, buffer, out PosixAcl? access);
        PosixAcl? inherited = null;
        if (inode.IsDirectory)
        {
            isRead &= TryRead(fd.Value, DefaultName, buffer, out inherited);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        HostFile.Close(fd.Value);
        AclPair? pair = AclPair.With(null, isDefault: false, access);
        pair = AclPair.With(pair, isDefault: true, inherited);
        return new HostAcls(isRead ? pair : Closed(attributes.Mode), attributes.ChangeTime);
    }

    /// <summary>Sets or with null removes one; an access ACL sets the mode's permissions with it.</summary>
    internal static Errno Set(
        Caller caller, HostInode inode, bool isDefault, PosixAcl? acl, uint mode, in InodeOwnership seen,
        ref HostAcls? field)
    {
        if (!inode.Options.IsWritable)
        {
            return Errno.EROFS;
        }

        Errno error = inode.GetOwnership(out InodeOwnership now);
        if (error != Errno.Success || now.Mode != seen.Mode || now.Uid != seen.Uid || now.Gid != seen.Gid)
        {
            return error != Errno.Success ? error : Errno.EAGAIN;
        }

        if (!CanHaveThem(inode))
        {
            return acl is not null ? Errno.EOPNOTSUPP : inode.SetAttributes(caller, new AttributeChange
            {
                Valid = AttributeChange.Fields.Mode, Mode = mode,
            });
        }

        if (!HostXattrs.Open(inode).TryGet(out int fd, out error))
        {
            return error;
        }

        ReadOnlySpan<byte> name = isDefault ? DefaultName : AccessName;
        if (acl is null)
        {
            error = HostXattr.Remove(fd, name);
            error = error is Errno.ENODATA or Errno.EOPNOTSUPP ? Errno.Success : error;
        }
        else
        {
            byte[] value = ArrayPool<byte>.Shared.Rent(MaximumValue);
            Result<int> size = AclFormat.Write(UserNamespace.Initial, acl, value);
            error = size.IsOk ? HostXattr.Set(fd, name, value.AsSpan(0, size.Value), 0) : size.Error;
            ArrayPool<byte>.Shared.Return(value);
        }

        // With an ACL the host has set the permissions; a minimal one is a mode and nothing else.
        bool changesMode = !isDefault && mode != (seen.Mode & StatMode.PermissionMask);
        if (error == Errno.Success && changesMode)
        {
            error = HostFile.ChangeMode(fd, mode);
        }

        HostFile.Close(fd);
        Volatile.Write(ref field, null);
        return error;
    }

    private static bool TryRead(int fd, ReadOnlySpan<byte> name, byte[] buffer, out PosixAcl? acl)
    {
        acl = null;
        Result<int> size = HostXattr.Get(fd, name, buffer);
        if (!size.IsOk)
        {
            return size.Error is Errno.ENODATA or Errno.EOPNOTSUPP;
        }

        Result<AclEntry[]> entries = AclFormat.Read(UserNamespace.Initial, buffer.AsSpan(0, size.Value));
        acl = entries.IsOk ? PosixAcl.TryCreate(entries.Value) : null;
        return acl is not null;
    }

    // What cannot be read may say less than the mode's group part, which is a mask then: nobody gets that.
    private static AclPair Closed(uint mode)
    {
        AclEntry[] entries =
        [
            new(AclTag.UserObject, (ushort)((mode >> 6) & 7), IdMap.Invalid),
            new(AclTag.GroupObject, 0, IdMap.Invalid),
            new(AclTag.Other, (ushort)(mode & 7), IdMap.Invalid),
        ];
        return new AclPair(PosixAcl.TryCreate(entries), null);
    }
}
