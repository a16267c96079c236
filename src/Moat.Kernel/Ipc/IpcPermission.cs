// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>Identity and access rights of a System V object (svipc(7)).</summary>
/// <remarks>Locks: the table's that the object is in.</remarks>
public sealed class IpcPermission
{
    public int Id { get; internal set; }

    /// <summary>The key it is found by; 0 (IPC_PRIVATE) for none.</summary>
    public int Key { get; internal set; }
    public uint Uid { get; private set; }
    public uint Gid { get; private set; }
    public uint CreatorUid { get; private init; }
    public uint CreatorGid { get; private init; }

    /// <summary>The nine permission bits.</summary>
    public uint Mode { get; private set; }

    /// <summary>True once IPC_RMID was called.</summary>
    public bool IsRemoved { get; internal set; }

    /// <summary>A new object's: owned by its creator.</summary>
    public static IpcPermission Create(Credentials creator, int key, int flags) => new()
    {
        Key = key,
        Uid = creator.EffectiveUid,
        CreatorUid = creator.EffectiveUid,
        Gid = creator.EffectiveGid,
        CreatorGid = creator.EffectiveGid,
        Mode = (uint)flags & 0x1ff,
    };

    /// <summary>
    /// EACCES unless the wanted bits (4 read, 2 write, in any of the three places) are granted.
    /// </summary>
    public Errno Check(Credentials who, int flags)
    {
        int wanted = ((flags >> 6) | (flags >> 3) | flags) & 7;
        uint granted = Mode;
        if (who.EffectiveUid == CreatorUid || who.EffectiveUid == Uid)
        {
            granted >>= 6;
        }
        else if (InGroup(who, CreatorGid) || InGroup(who, Gid))
        {
            granted >>= 3;
        }

        return (wanted & ~granted) == 0 || who.Has(Capability.IpcOwner) ? Errno.Success : Errno.EACCES;
    }

    /// <summary>EPERM unless the caller may change or remove the object.</summary>
    public Errno CheckControl(Credentials who) =>
        who.EffectiveUid == Uid || who.EffectiveUid == CreatorUid || who.Has(Capability.SysAdmin)
            ? Errno.Success
            : Errno.EPERM;

    /// <summary>IPC_SET.</summary>
    public void Set(in IpcPermissionData data)
    {
        Uid = data.Uid;
        Gid = data.Gid;
        Mode = data.Mode & 0x1ff;
    }

    /// <summary>IPC_STAT.</summary>
    /// <param name="extraMode">Bits beside the permissions (SHM_DEST, SHM_LOCKED).</param>
    public IpcPermissionData ToData(uint extraMode = 0) => new()
    {
        Key = Key,
        Uid = Uid,
        Gid = Gid,
        CreatorUid = CreatorUid,
        CreatorGid = CreatorGid,
        Mode = Mode | extraMode,
        Sequence = (ushort)(Id / IpcTable<IIpcObject>.MaxObjects),
    };

    private static bool InGroup(Credentials who, uint gid) =>
        who.EffectiveGid == gid || System.Array.BinarySearch(who.Groups, gid) >= 0;
}
