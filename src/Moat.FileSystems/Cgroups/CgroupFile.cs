// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Fields = Moat.Vfs.AttributeChange.Fields;

namespace Moat.FileSystems.Cgroups;

/// <summary>A file of a control group.</summary>
internal sealed class CgroupFile : GeneratedFile
{
    private readonly CgroupFileSystem _fileSystem;
    private readonly Cgroup _group;
    private readonly CgroupFileType _type;

    internal CgroupFile(CgroupFileSystem fileSystem, Cgroup group, CgroupFileType type)
        : base(fileSystem, type.Permissions)
    {
        _fileSystem = fileSystem;
        _group = group;
        _type = type;
        Number = type.NumberIn(group);
    }

    /// <summary>Its controller may be disabled, its group removed.</summary>
    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => (Given.Uid, Given.Gid);

    protected override uint Permissions => Given.Permissions;

    private CgroupFileOwner Given => _group.OwnerOf(_type.Name, _type.Permissions);

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        if (_group.IsDead || !_type.IsIn(_group))
        {
            return Errno.ENODEV;
        }

        return _type.Read is { } read ? read(new CgroupContext(_fileSystem, _group, caller), writer)
            : Errno.EINVAL;
    }

    public override Result<int> WriteFor(Caller caller, Credentials opener, ReadOnlySpan<byte> content)
    {
        if (_group.IsDead || !_type.IsIn(_group))
        {
            return Errno.ENODEV;
        }

        if (_type.Write is not { } write || caller is not Task)
        {
            return Errno.EINVAL;
        }

        if (content.IsEmpty)
        {
            return 0;
        }

        string text = Encoding.UTF8.GetString(content).Trim();
        Errno error = write(new CgroupContext(_fileSystem, _group, caller) { Opener = opener }, text);
        return error == Errno.Success ? content.Length : error;
    }

    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        Change(_group, _type.Name, Given, change);

    /// <summary>chmod and chown of a group's file or directory.</summary>
    internal static Errno Change(Cgroup group, string name, CgroupFileOwner now, in AttributeChange change)
    {
        if (group.IsDead)
        {
            return Errno.ENOENT;
        }

        if (change.Has(Fields.Mode | Fields.Uid | Fields.Gid))
        {
            group.SetOwner(name, new CgroupFileOwner(
                change.Has(Fields.Uid) ? change.Uid : now.Uid, change.Has(Fields.Gid) ? change.Gid : now.Gid,
                change.Has(Fields.Mode) ? change.Mode & StatMode.PermissionMask : now.Permissions));
        }

        return Errno.Success;
    }
}
