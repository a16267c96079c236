// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs.Quotas;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Acls;
using Fields = Moat.Vfs.AttributeChange.Fields;

namespace Moat.FileSystems.Tmpfs;

/// <summary>What all tmpfs inodes have: attributes and extended attributes.</summary>
/// <remarks>
/// Locks: <see cref="Lock"/> (rank Inode) guards everything that changes; link counts also change under the
/// file system's NamespaceLock.
/// Invariants: an inode without links and uses has given its memory back.
/// </remarks>
internal abstract class TmpfsInode : Inode
{
    private readonly ulong _special;
    private readonly long _birthNs;
    private uint _permissions;
    private uint _uid;
    private uint _gid;
    private uint _links;
    private uint _generation;
    private bool _isGone;
    private bool _ignoresQuotas;
    private bool _isOverQuota;
    private AclPair? _acls;
    private TmpfsXattrs? _extended;

    protected TmpfsInode(TmpfsFileSystem fileSystem, in InodeCreation creation)
        : base(fileSystem, creation.Type)
    {
        Number = fileSystem.AllocateInodeNumber();
        _permissions = creation.Mode & StatMode.PermissionMask;
        _acls = creation.Acls;
        _uid = creation.Uid;
        _gid = creation.Gid;
        _special = creation.SpecialDeviceId;
        _links = creation.Type == FileType.Directory ? 2u : 1u;
        _birthNs = AccessNs = ModifyNs = ChangeNs = Clock.RealtimeNs();
    }

    internal RankedLock Lock { get; } = new(LockRank.Inode);

    internal ulong Number { get; }

    internal TmpfsFileSystem Tmpfs => (TmpfsFileSystem)FileSystem;

    /// <summary>st_size.</summary>
    internal virtual long Size => 0;

    /// <summary>Pages of content.</summary>
    protected virtual long Pages => 0;

    protected long AccessNs { get; set; }

    protected long ModifyNs { get; set; }

    protected long ChangeNs { get; set; }

    /// <summary>Made without a name (O_TMPFILE): it may get one though it has none.</summary>
    internal bool MayBeLinked { get; set; }

    public override uint Generation
    {
        get
        {
            // Drawn when it is first asked for: most files never have a handle.
            if (Volatile.Read(ref _generation) is var known and not 0)
            {
                return known;
            }

            uint drawn = 1 + (uint)SecureRandom.Next(uint.MaxValue);
            uint present = Interlocked.CompareExchange(ref _generation, drawn, 0);
            return present != 0 ? present : drawn;
        }
    }

    public override bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>
    /// A new open file of it, unless the content went before: a use that was there first keeps it.
    /// </summary>
    protected Result<OpenFile> UnlessGone(OpenFile opened)
    {
        using (Lock.Enter())
        {
            if (!_isGone)
            {
                return opened;
            }
        }

        opened.Release();
        return Errno.ENOENT;
    }

    /// <summary>What a charge that has been refused means for the caller.</summary>
    internal Errno Refusal => _isOverQuota ? Errno.EDQUOT : Errno.ENOSPC;

    /// <summary>
    /// Counts a change in content pages, for the file system and the owners; false (and no change) beyond a
    /// limit.
    /// </summary>
    internal bool TryCharge(long pages) =>
        Tmpfs.Quotas is null ? Tmpfs.TryCharge(pages) : TryCharge(Tmpfs.Quotas, pages);

    /// <summary>Counts what is there, whatever the limits.</summary>
    internal void Charge(long pages)
    {
        Tmpfs.Space.Charge(pages);
        Tmpfs.Quotas?.Count(_uid, _gid, pages * TmpfsFileSystem.PageSize, 0);
    }

    /// <summary>Limits of quotas are for who has no CAP_SYS_RESOURCE.</summary>
    internal static bool IgnoresQuotas(Caller caller) => caller.Credentials.Has(Capability.SysResource);

    /// <summary>Charges that follow, until the lock is given up, are this caller's.</summary>
    protected void ActLocked(Caller caller)
    {
        if (Tmpfs.Quotas is not null)
        {
            _ignoresQuotas = IgnoresQuotas(caller);
        }
    }

    private bool TryCharge(TmpfsQuotas quotas, long pages)
    {
        long bytes = pages * TmpfsFileSystem.PageSize;
        _isOverQuota = false;
        if (pages <= 0)
        {
            quotas.Count(_uid, _gid, bytes, 0);
            return Tmpfs.TryCharge(pages);
        }

        if (!Tmpfs.TryCharge(pages))
        {
            return false;
        }

        _isOverQuota = quotas.Charge(_uid, _gid, bytes, 0, _ignoresQuotas) != Errno.Success;
        return !_isOverQuota || !Tmpfs.TryCharge(-pages);
    }

    /// <summary>True when no name is left.</summary>
    internal bool IsUnlinked => Volatile.Read(ref _links) == 0;

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        using (Lock.Enter())
        {
            attributes = new InodeAttributes
            {
                DeviceId = FileSystem.DeviceId,
                InodeNumber = Number,
                Mode = (uint)Type | _permissions,
                LinkCount = _links,
                Uid = _uid,
                Gid = _gid,
                SpecialDeviceId = _special,
                Size = Size,
                BlockSize = (int)TmpfsFileSystem.PageSize,
                Blocks = Pages * (TmpfsFileSystem.PageSize / 512),
                AccessTime = Timespec.FromNanoseconds(AccessNs),
                ModifyTime = Timespec.FromNanoseconds(ModifyNs),
                ChangeTime = Timespec.FromNanoseconds(ChangeNs),
                BirthTime = Timespec.FromNanoseconds(_birthNs),
            };
            return Errno.Success;
        }
    }

    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        // Read without the lock: a walk may see a chmod or chown half done, never an id that was not there.
        ownership = new((uint)Type | Volatile.Read(ref _permissions), Volatile.Read(ref _uid),
            Volatile.Read(ref _gid), Volatile.Read(ref _acls)?.Access);
        return Errno.Success;
    }

    public override Errno SetAttributes(Caller caller, in AttributeChange change)
    {
        using (Lock.Enter())
        {
            if (change.Seen is { } seen && !IsAsLocked(seen))
            {
                return Errno.EAGAIN;
            }

            if (change.Has(Fields.Size))
            {
                Errno error = _isGone ? Errno.ENOENT : ResizeLocked(change.Size);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            if (Tmpfs.Quotas is { } quotas && change.Has(Fields.Uid | Fields.Gid))
            {
                (uint, uint) owners = (change.Has(Fields.Uid) ? change.Uid : _uid,
                    change.Has(Fields.Gid) ? change.Gid : _gid);
                Errno error = quotas.Transfer(
                    (_uid, _gid), owners, Pages * TmpfsFileSystem.PageSize, IgnoresQuotas(caller));
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            long now = Clock.RealtimeNs();
            _permissions = change.Has(Fields.Mode) ? change.Mode & StatMode.PermissionMask : _permissions;
            if (change.Has(Fields.Mode) && _acls?.Access is { } acl)
            {
                _acls = AclPair.With(_acls, isDefault: false, acl.WithMode(change.Mode));
            }

            _uid = change.Has(Fields.Uid) ? change.Uid : _uid;
            _gid = change.Has(Fields.Gid) ? change.Gid : _gid;
            AccessNs = change.Has(Fields.AccessTime) ? Nanoseconds(change.AccessTime) : AccessNs;
            ModifyNs = change.Has(Fields.ModifyTime) ? Nanoseconds(change.ModifyTime)
                : change.Has(Fields.Size) ? now : ModifyNs;
            ChangeNs = now;
            return Errno.Success;
        }
    }

    public override bool MayHaveAcls => !IsSymlink;

    public override AclPair? Acls => Volatile.Read(ref _acls);

    public override Errno SetAcl(
        Caller caller, bool isDefault, PosixAcl? acl, uint mode, in InodeOwnership seen)
    {
        using (Lock.Enter())
        {
            if (!IsAsLocked(seen))
            {
                return Errno.EAGAIN;
            }

            AclPair? acls = AclPair.With(_acls, isDefault, acl);
            if (!Tmpfs.Space.TryTakeUncounted(TmpfsXattrs.BytesOf(acls)))
            {
                return Errno.ENOSPC;
            }

            Tmpfs.Space.GiveUncounted(TmpfsXattrs.BytesOf(_acls));
            Volatile.Write(ref _acls, acls);
            _permissions = isDefault ? _permissions : mode;
            ChangeNs = Clock.RealtimeNs();
            return Errno.Success;
        }
    }

    public override Result<int> GetExtendedAttribute(Caller caller, ReadOnlySpan<byte> name, Span<byte> value)
    {
        using (Lock.Enter())
        {
            return _extended is null ? Errno.ENODATA : _extended.Get(name, value);
        }
    }

    public override Errno SetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        using (Lock.Enter())
        {
            Errno error = (_extended ??= new TmpfsXattrs(Tmpfs.Space)).Set(name, value, flags);
            ChangeNs = error == Errno.Success ? Clock.RealtimeNs() : ChangeNs;
            return error;
        }
    }

    public override Result<int> ListExtendedAttributes(Caller caller, Span<byte> names)
    {
        using (Lock.Enter())
        {
            Result<int> acls = AclOperations.List(_acls, names, isQuery: names.IsEmpty);
            return acls.IsOk && _extended is not null ? _extended.List(names, acls.Value) : acls;
        }
    }

    public override Errno RemoveExtendedAttribute(Caller caller, ReadOnlySpan<byte> name)
    {
        using (Lock.Enter())
        {
            Errno error = _extended is null ? Errno.ENODATA : _extended.Remove(name);
            ChangeNs = error == Errno.Success ? Clock.RealtimeNs() : ChangeNs;
            return error;
        }
    }

    private bool IsAsLocked(in InodeOwnership seen) =>
        _uid == seen.Uid && _gid == seen.Gid && _permissions == (seen.Mode & StatMode.PermissionMask);

    /// <summary>
    /// A name is added: ENOENT when it was gone already. A further one counts like an inode, as in Linux.
    /// </summary>
    internal Errno AddLink()
    {
        using (Lock.Enter())
        {
            if (_isGone)
            {
                return Errno.ENOENT;
            }

            if (_links > 0 && !Tmpfs.Space.TryTakeSpace(TmpfsSpace.PerInode))
            {
                return Errno.ENOSPC;
            }

            _links++;
            ChangeNs = Clock.RealtimeNs();
            return Errno.Success;
        }
    }

    /// <summary>A name was added or taken away; without names and uses its memory goes.</summary>
    internal void ChangeLinks(int change)
    {
        using (Lock.Enter())
        {
            if (change < 0 && _links > 1 && !IsDirectory)
            {
                Tmpfs.Space.GiveSpace(TmpfsSpace.PerInode);
            }

            _links = (uint)(_links + change);
            ChangeNs = Clock.RealtimeNs();
        }

        if (change < 0)
        {
            DropIfUnused();
        }
    }

    /// <summary>A directory was removed: both its links are gone.</summary>
    internal void DropAllLinks() => ChangeLinks(-(int)Volatile.Read(ref _links));

    /// <summary>Notes a change of content or names.</summary>
    internal void TouchLocked() => ModifyNs = ChangeNs = Clock.RealtimeNs();

    /// <summary>Sets st_size; only files have one that can be set.</summary>
    protected virtual Errno ResizeLocked(long size) => Errno.EINVAL;

    /// <summary>Gives the content's memory back; called once.</summary>
    protected virtual void DropContent()
    {
    }

    protected override void OnUnused() => DropIfUnused();

    private static long Nanoseconds(Timespec time) =>
        Math.Clamp(time.Seconds, -9_000_000_000, 9_000_000_000) * 1_000_000_000 + time.Nanoseconds;

    /// <summary>Its file system is gone: the memory goes, names and uses or not.</summary>
    internal void DropForGood()
    {
        bool wasGone;
        using (Lock.Enter())
        {
            (wasGone, _isGone) = (_isGone, true);
        }

        if (!wasGone)
        {
            DropContent();
        }
    }

    private void DropIfUnused()
    {
        using (Lock.Enter())
        {
            if (_links != 0 || IsInUse || _isGone)
            {
                return;
            }

            _isGone = true;
        }

        DropContent();
        Tmpfs.GivenHandles.Forget(Number);
        Tmpfs.Space.GiveSpace(TmpfsSpace.PerInode + (_extended?.Bytes ?? 0));
        Tmpfs.Space.GiveUncounted(TmpfsXattrs.BytesOf(_acls));
        Tmpfs.Quotas?.Count(_uid, _gid, 0, -1);
    }
}
