// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs.Quotas;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Handles;
using Moat.Vfs.Quotas;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A file system in memory (tmpfs(5)).</summary>
/// <remarks>Locks: none of its own; <see cref="Space"/> has.</remarks>
public sealed class TmpfsFileSystem : FileSystem
{
    internal const long PageSize = 4096;

    private readonly TmpfsDirectory _root;
    private TmpfsOptions _options;

    /// <summary>An empty instance.</summary>
    public TmpfsFileSystem(VirtualFileSystem vfs, TmpfsOptions options)
        : base(vfs)
    {
        _options = options;
        Space = new TmpfsSpace(options.Budget, PagesOf(options.SizeLimit), options.InodeLimit);
        Space.TryTakeSpace(TmpfsSpace.PerInode);
        Quotas = TmpfsQuotas.Of(Space, options.Quotas);
        Quotas?.Count(options.Uid, options.Gid, 0, 1);
        _root = new TmpfsDirectory(
            this, new InodeCreation { Mode = (uint)FileType.Directory | options.Mode, Uid = options.Uid,
                Gid = options.Gid });
    }

    /// <summary>
    /// Nobody can see it any more, mounted or open: what is left in it gives its memory back.
    /// </summary>
    ~TmpfsFileSystem()
    {
        if (_root is not null)
        {
            _root.DropTree();
            Space.Close();
        }
    }

    public override string TypeName => TmpfsOptions.TypeName;

    public override string Options
    {
        get
        {
            TmpfsOptions options = TmpfsOptions;
            var text = new StringBuilder();
            Append(text, "size=", options.ShowsSize ? $"{PagesOf(options.SizeLimit, 0) * 4}k" : "");
            Append(text, "nr_inodes=", options.ShowsInodes ? $"{options.InodeLimit}" : "");
            string mode = Convert.ToString(options.Mode, 8).PadLeft(3, '0');
            Append(text, "mode=", options.Mode == 0x3ff ? "" : mode);
            Append(text, "uid=", options.Uid == 0 ? "" : $"{options.Uid}");
            Append(text, "gid=", options.Gid == 0 ? "" : $"{options.Gid}");
            TmpfsQuotaOptions.Append(text, options.Quotas);
            return text.ToString();
        }
    }

    public override FileHandles GivenHandles { get; } = new();

    internal TmpfsOptions TmpfsOptions => Volatile.Read(ref _options);

    protected override Inode RootInode => _root;

    public override Result<FileSystemStatistics> GetStatistics()
    {
        long pageLimit = Space.PageLimit;
        bool limited = pageLimit != long.MaxValue;
        ulong free = limited ? (ulong)Math.Max(0, pageLimit - Space.Pages) : 0;
        long inodeLimit = Space.InodeLimit;
        return new FileSystemStatistics
        {
            Magic = TmpfsOptions.Magic,
            BlockSize = PageSize,
            Blocks = limited ? (ulong)pageLimit : 0,
            BlocksFree = free,
            BlocksAvailable = free,
            Files = (ulong)inodeLimit,
            FilesFree = (ulong)Math.Max(0, inodeLimit - Space.Inodes),
            NameLength = 255,
        };
    }

    /// <summary>Its quotas; null, mostly, for none.</summary>
    internal TmpfsQuotas? Quotas { get; }

    /// <inheritdoc/>
    public override IQuotas? GetQuotas() => Quotas;

    /// <summary>What it holds.</summary>
    internal TmpfsSpace Space { get; }

    /// <summary>
    /// Counts a change in content pages; false (and no change) when the limit would be passed.
    /// </summary>
    internal bool TryCharge(long pages) => Space.TryCharge(pages);

    /// <summary>
    /// A remount: other limits, none for what stays. They cannot be less than what is there, nor come where
    /// there was none.
    /// </summary>
    /// <returns>What Linux complains about; null when it is done.</returns>
    internal string? TryChange(long? size, long? inodes)
    {
        // A limit that comes while files grow holds from then on.
        if (size is > 0 && Space.PageLimit == long.MaxValue)
        {
            return "Cannot retroactively limit size";
        }

        if (size is > 0 && PagesOf(size.Value) < Space.Pages)
        {
            return "Too small a size for current use";
        }

        if (inodes is > 0 && Space.InodeLimit == 0)
        {
            return "Cannot retroactively limit inodes";
        }

        if (inodes is > 0 && inodes < Space.Inodes)
        {
            return "Too few inodes for current use";
        }

        TmpfsOptions now = TmpfsOptions;
        now = size is { } bytes ? now with { SizeLimit = bytes, ShowsSize = true } : now;
        now = inodes is { } count ? now with { InodeLimit = count, ShowsInodes = true } : now;
        Volatile.Write(ref _options, now);
        Space.Change(PagesOf(now.SizeLimit), now.InodeLimit);
        return null;
    }

    /// <inheritdoc/>
    public override FileSystemConfig BeginChange(Caller caller) => Vfs.FindType("tmpfs") is { } type
        ? type.Begin(caller) : base.BeginChange(caller);

    /// <summary>Makes an inode of whatever type.</summary>
    internal Result<Inode> Make(Caller caller, in InodeCreation creation)
    {
        if (!Space.TryTakeSpace(TmpfsSpace.PerInode))
        {
            return Errno.ENOSPC;
        }

        long acls = TmpfsXattrs.BytesOf(creation.Acls);
        long pages = TmpfsSymlink.PagesOf(creation);
        bool hasAcls = Space.TryTakeUncounted(acls);
        if (!hasAcls || !Space.TryCharge(pages))
        {
            Space.GiveUncounted(hasAcls ? acls : 0);
            Space.GiveSpace(TmpfsSpace.PerInode);
            return Errno.ENOSPC;
        }

        if (Quotas is not null
            && Quotas.Charge(
                creation.Uid, creation.Gid, pages * PageSize, 1, TmpfsInode.IgnoresQuotas(caller))
                != Errno.Success)
        {
            Space.TryCharge(-pages);
            Space.GiveUncounted(acls);
            Space.GiveSpace(TmpfsSpace.PerInode);
            return Errno.EDQUOT;
        }

        return creation.Type switch
        {
            FileType.Regular => new TmpfsFile(this, creation),
            FileType.Directory => new TmpfsDirectory(this, creation),
            FileType.Symlink => new TmpfsSymlink(this, creation),
            _ => new TmpfsNode(this, creation),
        };
    }

    private static long PagesOf(long bytes, long unlimited = long.MaxValue) =>
        bytes == 0 ? unlimited : (bytes / PageSize) + (bytes % PageSize != 0 ? 1 : 0);

    internal static void Append(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.Append(text.Length > 0 ? "," : "").Append(name).Append(value);
        }
    }
}
