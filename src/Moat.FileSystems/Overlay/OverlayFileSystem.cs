// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Shows an upper directory over lower ones; changes go to the upper, the lower ones are only read.
/// </summary>
/// <remarks>
/// Locks: <see cref="CopyUpLock"/> (rank DirectoryNested, so inside NamespaceLock) is held while anything in
/// the upper tree gets, loses or changes a name.
/// Invariants: nobody else uses the upper tree. Directories that exist below are not renamed (EXDEV, as Linux
/// without redirect_dir).
/// </remarks>
public sealed class OverlayFileSystem : FileSystem
{
    private const ulong Magic = 0x794c7630;

    /// <summary>Distance between inode numbers of the upper tree and those of the lower ones.</summary>
    private const ulong UpperNumbers = 1UL << 40;

    private readonly OverlayInode _root;
    private readonly ulong _lowerDevice;
    private readonly ConcurrentDictionary<ulong, ulong> _origins = new();

    /// <summary>An overlay.</summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="upper">The directory that changes go to; its file system is used by this overlay
    /// alone.</param>
    /// <param name="lowers">The directories below, uppermost first.</param>
    public OverlayFileSystem(VirtualFileSystem vfs, Inode upper, params Inode[] lowers)
        : this(vfs, upper, isFresh: false, lowers)
    {
    }

    private OverlayFileSystem(VirtualFileSystem vfs, Inode upper, bool isFresh, Inode[] lowers)
        : base(vfs)
    {
        UpperMount = new Mount(upper.FileSystem.Root, MountFlags.None, "upper");
        UpperRoot = upper;
        _lowerDevice = lowers[0].GetAttributes(out InodeAttributes attributes) == Errno.Success
            ? attributes.DeviceId : 0;
        _root = new OverlayInode(this, null, isFresh ? null : upper, lowers);
    }

    public override string TypeName => "overlay";

    /// <summary>
    /// An overlay whose changes stay in memory; until the first one its root is the lower root.
    /// </summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="lower">The directory below.</param>
    /// <param name="options">Limits of the memory; mode and owner come from below.</param>
    public static OverlayFileSystem OverMemory(VirtualFileSystem vfs, Inode lower, TmpfsOptions options) =>
        new(vfs, new TmpfsFileSystem(vfs, options).Root.Inode, isFresh: true, [lower]);

    /// <summary>Held around every change of the upper tree.</summary>
    internal RankedLock CopyUpLock { get; } = new(LockRank.DirectoryNested);

    /// <summary>Gives the files of the layers a location of their own while they are copied.</summary>
    internal Mount UpperMount { get; }

    internal Inode UpperRoot { get; }

    protected override Inode RootInode => _root;

    public override Result<FileSystemStatistics> GetStatistics()
    {
        Result<FileSystemStatistics> statistics = UpperRoot.FileSystem.GetStatistics();
        return statistics.IsOk ? statistics.Value with { Magic = Magic } : statistics;
    }

    public override Errno Sync() => UpperRoot.FileSystem.Sync();

    /// <summary>
    /// st_ino of something in the upper tree: that of the lower file it was copied from, if any.
    /// </summary>
    internal ulong NumberOfUpper(ulong upperNumber) =>
        _origins.TryGetValue(upperNumber, out ulong origin) ? origin : upperNumber + UpperNumbers;

    /// <summary>Remembers that an upper inode is the copy of a lower one.</summary>
    internal void SetOrigin(ulong upperNumber, ulong number) => _origins[upperNumber] = number;

    /// <summary>
    /// st_dev of something on a lower layer: the overlay's, unless it lies on another device than the root.
    /// </summary>
    internal ulong DeviceOfLower(ulong device) => device == _lowerDevice ? DeviceId : device;
}
