// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>
/// The set-id bits of a watched file before its content changes: when they are gone afterwards its attributes
/// have changed too (file_remove_privs()). Where nobody watches it is one test.
/// </summary>
public readonly struct SetIdWatch
{
    private const uint Both = StatMode.SetUid | StatMode.SetGid;

    private readonly Inode? _inode;
    private readonly uint _bits;

    private SetIdWatch(Inode inode)
    {
        _bits = BitsOf(inode);
        _inode = _bits != 0 ? inode : null;
    }

    /// <summary>Looks at a file before it is changed.</summary>
    public static SetIdWatch Begin(Location? place) =>
        place is { } at && at.Dentry.FileSystem.HasWatches ? new SetIdWatch(at.Inode) : default;

    /// <summary>IN_ATTRIB when bits are gone, nothing otherwise.</summary>
    public InotifyMask Lost =>
        _inode is not null && BitsOf(_inode) != _bits ? InotifyMask.Attributes : InotifyMask.None;

    private static uint BitsOf(Inode inode) =>
        inode.GetOwnership(out InodeOwnership ownership) == Errno.Success ? ownership.Mode & Both : 0;
}
