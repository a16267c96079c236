// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Contexts;
using Moat.Vfs.Handles;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Quotas;

namespace Moat.Vfs;

/// <summary>One instance of a file system (struct super_block): what a mount shows.</summary>
/// <remarks>
/// Locks: <see cref="NamespaceLock"/> (rank Directory) is held while names of this instance are added,
/// removed or renamed, and for the moment in which a looked-up name enters the dentry cache; cached lookups
/// take no lock.
/// </remarks>
public abstract class FileSystem
{
    private long _lastInodeNumber = 1;
    private Dentry? _root;
    private int _dentries;
    private int _watches;
    private int _wideMarks;
    private int _contentMarks;
    private int _mounts;
    private ulong _flags;

    /// <summary>A new instance with its own st_dev.</summary>
    protected FileSystem(VirtualFileSystem vfs)
    {
        Vfs = vfs;
        DeviceId = vfs.AllocateAnonymousDevice();
    }

    /// <summary>The kernel's registry of devices and file system types.</summary>
    public VirtualFileSystem Vfs { get; }

    /// <summary>The type, as /proc/filesystems and /proc/mounts name it.</summary>
    public abstract string TypeName { get; }

    /// <summary>st_dev of its files.</summary>
    public ulong DeviceId { get; protected init; }

    /// <summary>
    /// The user namespace whose privileges made it (s_user_ns): set-id bits count there and below only.
    /// </summary>
    public UserNamespace Owner { get; set; } = UserNamespace.Initial;

    /// <summary>True when a bind mount of it needs no mount in the caller's namespace (nsfs).</summary>
    public virtual bool BindsAnywhere => false;

    /// <summary>True when the whole instance refuses changes, whatever the mounts of it say.</summary>
    public bool IsReadOnly
    {
        get => (Flags & MountFlags.ReadOnly) != 0;
        set => SetFlags(value ? MountFlags.ReadOnly : 0, MountFlags.ReadOnly);
    }

    /// <summary>Its place among those that guests have made; null for those of the sandbox itself.</summary>
    internal FileSystemToken? Token { get; set; }

    /// <summary>True when no remount can change that.</summary>
    public virtual bool MustBeReadOnly => false;

    /// <summary>Flags of the instance (SB_*).</summary>
    public MountFlags Flags => (MountFlags)Volatile.Read(ref _flags);

    /// <summary>Changes some of them at once: nobody sees a read-only instance writable on the way.</summary>
    internal void SetFlags(MountFlags flags, MountFlags mask)
    {
        ulong old;
        do
        {
            old = Volatile.Read(ref _flags);
        }
        while (Interlocked.CompareExchange(
            ref _flags, (old & ~(ulong)mask) | (ulong)(flags & mask), old) != old);
    }

    /// <summary>Options that change it: a remount, fspick(2).</summary>
    public virtual FileSystemConfig BeginChange(Caller caller) =>
        Vfs.FindType(TypeName) is { } type ? type.Begin(caller) : new AnyConfig(this);

    /// <summary>
    /// Instance options as the last column of /proc/mounts shows them, after rw or ro: "size=64k,mode=700".
    /// </summary>
    public virtual string Options => "";

    /// <summary>
    /// False when names may appear or vanish without the VFS (procfs): then no missing name is cached.
    /// </summary>
    public virtual bool CachesMissingNames => true;

    /// <summary>
    /// True when cached entries are checked with <see cref="Inode.Revalidate"/> before each use.
    /// </summary>
    public virtual bool NeedsRevalidation => false;

    /// <summary>
    /// True when a guest process serves it (FUSE): attributes are refreshed before they are used, inodes have
    /// permission rules of their own, and whoever changes names waits for <see cref="BeginNameChange"/> in
    /// place of <see cref="NamespaceLock"/>, which is then held for moments only.
    /// </summary>
    public bool IsServed { get; protected init; }

    /// <summary>
    /// Waits for the right to change names, where <see cref="IsServed"/>; EINTR for a task that is to end.
    /// </summary>
    public virtual Errno BeginNameChange(Caller caller) => Errno.Success;

    /// <summary>Gives the right back.</summary>
    public virtual void EndNameChange()
    {
    }

    /// <summary>
    /// The handles that open_by_handle_at(2) opens here; null where Linux has no export operations.
    /// </summary>
    public virtual FileHandles? GivenHandles => null;

    /// <summary>Serialises changes of names in this instance.</summary>
    public RankedLock NamespaceLock { get; } = new(LockRank.Directory);

    /// <summary>The root's dentry.</summary>
    public Dentry Root
    {
        get
        {
            if (Volatile.Read(ref _root) is { } root)
            {
                return root;
            }

            Interlocked.CompareExchange(ref _root, Dentry.CreateRoot(RootInode), null);
            return _root;
        }
    }

    /// <summary>The root directory; always the same object.</summary>
    protected abstract Inode RootInode { get; }

    /// <summary>statfs(2).</summary>
    public abstract Result<FileSystemStatistics> GetStatistics();

    /// <summary>The same where a guest process may have to be asked.</summary>
    public virtual Result<FileSystemStatistics> GetStatistics(Caller caller) => GetStatistics();

    /// <summary>
    /// True for procfs, whose lookups fail before anybody asks whether a name may be added: ENOENT.
    /// </summary>
    public virtual bool RefusesNewNames => false;

    /// <summary>Its quotas; null where it has none.</summary>
    public virtual IQuotas? GetQuotas() => null;

    /// <summary>syncfs(2).</summary>
    public virtual Errno Sync() => Errno.Success;

    /// <summary>Cached names that are held strongly.</summary>
    internal int DentryCount => Volatile.Read(ref _dentries);

    /// <summary>When the next pruning of cached names is due. NamespaceLock is held.</summary>
    internal int PruneAt { get; set; } = DentryPruner.Minimum;

    internal void CountDentries(int change) => Interlocked.Add(ref _dentries, change);

    /// <summary>True when anything in it is watched: all that others pay for inotify.</summary>
    internal bool HasWatches => Volatile.Read(ref _watches) != 0;

    /// <summary>True when a fanotify mark is on all of it.</summary>
    internal bool HasWideMarks => Volatile.Read(ref _wideMarks) != 0;

    /// <summary>
    /// True when a fanotify group has marks in it that may be asked for permission: all that others pay.
    /// </summary>
    public bool HasContentMarks => Volatile.Read(ref _contentMarks) != 0;

    internal void CountContentMarks(int change) => Interlocked.Add(ref _contentMarks, change);

    internal void CountWideMarks(int change) => Interlocked.Add(ref _wideMarks, change);

    /// <summary>How many attached mounts show it.</summary>
    internal int MountCount => Volatile.Read(ref _mounts);

    /// <summary>True while an attached mount shows it.</summary>
    public bool IsMounted => MountCount > 0;

    internal void CountMounts(int change)
    {
        if (Interlocked.Add(ref _mounts, change) == 0)
        {
            OnUnmounted();
        }
    }

    /// <summary>
    /// No mount shows it at this moment; one that only moves shows it again in the next. The mount tree's
    /// lock is held.
    /// </summary>
    protected virtual void OnUnmounted()
    {
    }

    /// <summary>umount2(2) with MNT_FORCE: whoever waits for it is to wait no longer.</summary>
    public virtual void OnForcedUnmount()
    {
    }

    internal void CountWatches(int change) => Interlocked.Add(ref _watches, change);

    /// <summary>A number that no other inode of this instance has had.</summary>
    public ulong AllocateInodeNumber() => (ulong)Interlocked.Increment(ref _lastInodeNumber);
}
