// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>One inode that an inotify instance watches.</summary>
/// <remarks>
/// Locks: the instance's, but for <see cref="Mask"/>, which is read without. Invariants: holding the dentry
/// keeps lookups finding the very inode that is watched.
/// </remarks>
internal sealed class NotifyWatch(InotifyFile? owner, Dentry dentry, int descriptor, InotifyMask mask)
{
    /// <summary>Null for a fanotify mark's, which is there to make the inode tell of its end.</summary>
    internal InotifyFile? Owner { get; } = owner;

    internal Dentry Dentry { get; } = dentry;

    internal Inode Inode => Dentry.Inode;

    /// <summary>wd.</summary>
    internal int Descriptor { get; } = descriptor;

    /// <summary>The events it is for, IN_ONESHOT and IN_EXCL_UNLINK.</summary>
    internal InotifyMask Mask { get; set; } = mask;

    /// <summary>True once nothing more is to come from it.</summary>
    internal bool IsRemoved { get; set; }
}
