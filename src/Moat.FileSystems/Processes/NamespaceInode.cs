// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Processes;

/// <summary>The file of a namespace: its number is the namespace's.</summary>
internal sealed class NamespaceInode : GeneratedInode
{
    private readonly GuestNamespace _space;

    internal NamespaceInode(FileSystem fileSystem, GuestNamespace space)
        : base(fileSystem, FileType.Regular, 0x124)
    {
        _space = space;
        Number = space.Number;
    }

    // Immutable: opening it for writing is EPERM, whoever does it.
    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        ownership = new((uint)FileType.Regular | 0x1b6, 0, 0);
        return Errno.Success;
    }

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        if ((flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly)
        {
            return Errno.EPERM;
        }

        return _space is MountNamespace mounts && !mounts.TryAddUser()
            ? Errno.ENOENT : new NamespaceFile(_space, location, flags);
    }
}
