// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Generated;

/// <summary>
/// An inode whose attributes the kernel makes up: procfs, sysfs and the like. Fixed times, settable nowhere.
/// </summary>
public abstract class GeneratedInode : Inode
{
    private readonly uint _permissions;
    private readonly Timespec _created = Timespec.FromNanoseconds(Clock.RealtimeNs());

    /// <summary>An inode with a fresh number.</summary>
    protected GeneratedInode(FileSystem fileSystem, FileType type, uint permissions)
        : base(fileSystem, type)
    {
        _permissions = permissions;
        Number = fileSystem.AllocateInodeNumber();
    }

    /// <summary>st_ino.</summary>
    public ulong Number { get; init; }

    /// <summary>Owner and group; root unless overridden (procfs: the process's).</summary>
    protected virtual (uint Uid, uint Gid) Owner => (0, 0);

    /// <summary>Permission bits.</summary>
    protected virtual uint Permissions => _permissions;

    /// <summary>st_size; generated files have 0.</summary>
    protected virtual long Size => 0;

    /// <summary>st_nlink.</summary>
    protected virtual uint LinkCount => IsDirectory ? 2u : 1u;

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        (uint uid, uint gid) = Owner;
        attributes = new InodeAttributes
        {
            DeviceId = FileSystem.DeviceId,
            InodeNumber = Number,
            Mode = (uint)Type | Permissions,
            LinkCount = LinkCount,
            Uid = uid,
            Gid = gid,
            Size = Size,
            BlockSize = 1024,
            AccessTime = _created,
            ModifyTime = _created,
            ChangeTime = _created,
        };
        return Errno.Success;
    }

    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        (uint uid, uint gid) = Owner;
        ownership = new((uint)Type | Permissions, uid, gid);
        return Errno.Success;
    }
}
