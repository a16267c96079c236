// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Vfs.Acls;

namespace Moat.Vfs;

/// <summary>
/// What a new inode is to be; umask and set-group-id directories have been applied already.
/// </summary>
public readonly ref struct InodeCreation
{
    /// <summary>Type and permissions.</summary>
    public uint Mode { get; init; }
    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>st_rdev of device nodes.</summary>
    public ulong SpecialDeviceId { get; init; }

    /// <summary>Content of a symbolic link.</summary>
    public ReadOnlySpan<byte> LinkTarget { get; init; }

    /// <summary>The ACLs that its directory's default ACL gives it.</summary>
    public AclPair? Acls { get; init; }

    /// <summary>A file without a name never gets one (O_TMPFILE with O_EXCL).</summary>
    public bool StaysNameless { get; init; }

    /// <summary>It will be opened at once, for reading and writing whatever its permissions say.</summary>
    public bool OpensNext { get; init; }

    /// <summary>The flags that it will be opened with then.</summary>
    public OpenFlags OpenFlags { get; init; }

    /// <summary>The type part of <see cref="Mode"/>.</summary>
    public FileType Type => StatMode.TypeOf(Mode);
}
