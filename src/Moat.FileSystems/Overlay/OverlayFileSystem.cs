// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Text;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Shows an upper directory over lower ones; changes go to the upper, the lower ones are only read.
/// </summary>
/// <remarks>
/// Locks: <see cref="CopyUpLock"/> (rank OverlayNames, so inside NamespaceLock) is held while anything in
/// the upper tree gets, loses or changes a name; outside of it one of <see cref="ContentLock"/> while the
/// content of a file is copied.
/// Invariants: nobody else uses the upper tree. Directories that exist below are not renamed (EXDEV, as Linux
/// without redirect_dir).
/// </remarks>
public sealed class OverlayFileSystem : FileSystem
{
    private const ulong Magic = 0x794c7630;

    /// <summary>Distance between inode numbers of the upper tree and those of the lower ones.</summary>
    private const ulong UpperNumbers = 1UL << 40;

    private const int ContentLocks = 16;

    private static ReadOnlySpan<byte> StagePrefix => "#moat"u8;

    private readonly OverlayInode _root;
    private readonly ulong _lowerDevice;
    private readonly ConcurrentDictionary<ulong, ulong> _origins = new();
    private readonly RankedLock[] _contentLocks = new RankedLock[ContentLocks];
    private long _lastStage;

    private OverlayFileSystem(VirtualFileSystem vfs, Inode upper, Inode? work, bool isFresh, Inode[] lowers)
        : base(vfs)
    {
        UpperMount = new Mount(upper.FileSystem.Root, MountFlags.None, "upper");
        UpperRoot = upper;
        Work = work;
        HasLayers = lowers.Length > 1;
        for (int i = 0; i < _contentLocks.Length; i++)
        {
            _contentLocks[i] = new RankedLock(LockRank.DirectoryNested);
        }

        _lowerDevice = lowers[0].GetAttributes(out InodeAttributes attributes) == Errno.Success
            ? attributes.DeviceId : 0;
        _root = new OverlayInode(this, null, isFresh ? null : upper, lowers);
    }

    public override string TypeName => "overlay";

    /// <summary>
    /// An overlay whose changes stay in memory; until the first one its root is the lower root.
    /// </summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="options">Limits of the memory; mode and owner come from below.</param>
    /// <param name="lowers">The directories below, uppermost first.</param>
    public static OverlayFileSystem OverMemory(
        VirtualFileSystem vfs, TmpfsOptions options, params Inode[] lowers) =>
        new(vfs, new TmpfsFileSystem(vfs, options).Root.Inode, work: null, isFresh: true, lowers);

    /// <summary>An overlay whose changes go to a directory of the host.</summary>
    /// <param name="caller">Who clears the work directory of what a sandbox left that was ended.</param>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="upper">The directory, of a host file system with IsLayer.</param>
    /// <param name="work">A directory beside it; for files that have no place yet.</param>
    /// <param name="lowers">The directories below, uppermost first.</param>
    public static Result<OverlayFileSystem> OverDirectory(
        Caller caller, VirtualFileSystem vfs, Inode upper, Inode work, params Inode[] lowers)
    {
        if (!work.List(caller).TryGet(out DirectoryListing? left, out Errno error))
        {
            return error;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (left.Name(i).StartsWith(StagePrefix)
                && work.Lookup(caller, left.Name(i)) is { IsOk: true } old)
            {
                OverlaySwap.Discard(caller, work, left.Name(i), old.Value);
            }
        }

        return new OverlayFileSystem(vfs, upper, work, isFresh: false, lowers);
    }

    /// <summary>Held around every change of the upper tree.</summary>
    internal RankedLock CopyUpLock { get; } = new(LockRank.OverlayNames);

    /// <summary>Gives the files of the layers a location of their own while they are copied.</summary>
    internal Mount UpperMount { get; }

    internal Inode UpperRoot { get; }

    /// <summary>Where files are made before they get their place; null where they need no name.</summary>
    internal Inode? Work { get; }

    /// <summary>The upper tree may have been written by Linux: all of its marks count.</summary>
    internal bool IsUpperForeign => Work is not null;

    /// <summary>There are lower layers that an overlay has written: their marks count.</summary>
    internal bool HasLayers { get; }

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

    /// <summary>An upper inode loses its last name: its number may come again.</summary>
    internal void ForgetOrigin(Inode upper)
    {
        if (upper.GetAttributes(out InodeAttributes attributes) == Errno.Success
            && (attributes.LinkCount <= 1 || upper.IsDirectory))
        {
            _origins.TryRemove(attributes.InodeNumber, out _);
        }
    }

    /// <summary>One of a few locks: a file is copied by one thread at a time.</summary>
    internal RankedLock ContentLock(OverlayInode inode) => _contentLocks[inode.Number % ContentLocks];

    /// <summary>A name for the work directory that was not there before.</summary>
    internal byte[] NextStageName() =>
        [.. StagePrefix, .. Encoding.ASCII.GetBytes($"{Interlocked.Increment(ref _lastStage)}")];
}
