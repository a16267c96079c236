// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Dev;

/// <summary>A character device in the device directory; its owner and permissions can be changed.</summary>
public sealed class DeviceNode(FileSystem fileSystem, uint major, uint minor, uint permissions)
    : GeneratedInode(fileSystem, FileType.CharacterDevice, permissions)
{
    private uint _permissions = permissions;
    private uint _uid;
    private uint _gid;

    /// <inheritdoc/>
    protected override (uint Uid, uint Gid) Owner => (_uid, _gid);

    /// <inheritdoc/>
    protected override uint Permissions => _permissions;

    /// <inheritdoc/>
    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        Errno error = base.GetAttributes(out attributes);
        attributes.SpecialDeviceId = DeviceNumber.Make(major, minor);
        attributes.BlockSize = 4096;
        return error;
    }

    /// <inheritdoc/>
    public override Errno SetAttributes(Caller caller, in AttributeChange change)
    {
        _permissions = change.Has(AttributeChange.Fields.Mode) ? change.Mode & 0xfff : _permissions;
        _uid = change.Has(AttributeChange.Fields.Uid) ? change.Uid : _uid;
        _gid = change.Has(AttributeChange.Fields.Gid) ? change.Gid : _gid;
        return Errno.Success;
    }
}
