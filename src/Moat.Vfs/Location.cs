// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>A place in the mount tree (struct path): a dentry as seen through a mount.</summary>
public readonly record struct Location(Mount Mount, Dentry Dentry)
{
    /// <summary>What is there.</summary>
    public Inode Inode => Dentry.Inode;

    /// <summary>False for the default value.</summary>
    public bool IsValid => Dentry is not null;

    /// <summary>True at the root of a mount.</summary>
    public bool IsMountRoot => Dentry == Mount.Root;
}
