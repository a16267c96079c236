// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Control.Boot;
using Moat.FileSystems;
using Moat.FileSystems.Cgroups;
using Moat.FileSystems.Dev;
using Moat.FileSystems.DevPts;
using Moat.FileSystems.Fuse;
using Moat.FileSystems.HostFs;
using Moat.FileSystems.Images;
using Moat.FileSystems.MessageQueues;
using Moat.FileSystems.Overlay;
using Moat.FileSystems.Proc;
using Moat.FileSystems.Sys;
using Moat.FileSystems.Tmpfs;
using Moat.Kernel;
using Moat.Kernel.Ipc;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Paths;

namespace Moat.Sandbox.Boot;

/// <summary>Builds the guest's mount tree from the boot request.</summary>
internal sealed class GuestMounts
{
    private const int Failed = 125;
    private const int DescriptorsForFiles = 8192;
    private readonly VirtualFileSystem _vfs;
    private readonly LinuxKernel _kernel;
    private readonly HostFacts _facts;
    private readonly BootRequest _request;
    private readonly IOwnerResolver _owners;
    private readonly TmpfsBudget _memory;
    private readonly DescriptorBudget _descriptors = new(DescriptorsForFiles);

    internal GuestMounts(
        VirtualFileSystem vfs, LinuxKernel kernel, HostFacts facts, BootRequest request,
        IOwnerResolver owners)
    {
        _vfs = vfs;
        _kernel = kernel;
        _facts = facts;
        _request = request;
        _owners = owners;
        _memory = TmpfsBudget.Of(request.MemoryBytes);
        _facts.MemoryLimit = request.MemoryBytes;
        _facts.Tmpfs = _memory;
        RegisterTypes();
    }

    private void RegisterTypes()
    {
        _vfs.Register(new FileSystemType("sysfs", NeedsDevice: false, caller => new ListedConfig("sysfs",
            Namespaces(caller)?.Net.Owner ?? UserNamespace.Initial,
            () => SysFileSystem.Create(_vfs, _kernel, _facts))
        {
            MustBeVisible = true, IsOneOfNamespace = true,
        }));
        _vfs.Register(new FileSystemType("cgroup2", NeedsDevice: false, caller =>
        {
            CgroupNamespace space = Namespaces(caller)?.Cgroup ?? _kernel.Cgroup;
            return new ListedConfig("cgroup2", space.Owner, () => CgroupFileSystem.Of(_vfs, _kernel, space),
                "nsdelegate", "favordynmods", "memory_localevents", "memory_recursiveprot",
                "memory_hugetlb_accounting", "pids_localevents") { IsOneOfNamespace = true };
        }));
        _vfs.Register(new FileSystemType("mqueue", NeedsDevice: false, caller =>
        {
            IpcNamespace space = (caller as Task)?.Ipc ?? _kernel.Ipc;
            return new ListedConfig("mqueue", space.Owner, () => QueueFileSystem.Of(_vfs, space))
            {
                IsOneOfNamespace = true,
            };
        }));
        _vfs.Register(TmpfsType.Create(_vfs, _descriptors, _request.MemoryBytes, _memory));
        FuseType.Register(_vfs, _kernel, _descriptors, _request.MemoryBytes);
        _vfs.Register(new FileSystemType("proc", NeedsDevice: false, caller =>
        {
            PidNamespace space = (caller as Task)?.PidSpace ?? _kernel.Pids;
            return new ListedConfig("proc", space.Owner,
                () => ProcFileSystem.Create(_vfs, _kernel, _facts, space), "hidepid=", "gid=10", "subset=")
            {
                MustBeVisible = true, IsOneOfNamespace = true,
            };
        }));
        _vfs.Register(new FileSystemType("devpts", NeedsDevice: false, caller => new ListedConfig("devpts",
            caller.Credentials.Space, () => PtsFileSystem.Create(_vfs, _kernel), "uid=10", "gid=10", "mode=8",
            "ptmxmode=8", "newinstance", "max=10")));
    }

    private static NamespaceSet? Namespaces(Caller caller) => (caller as Task)?.Namespaces;

    /// <summary>The root's overlay, if it has one.</summary>
    internal OverlayFileSystem? Overlay { get; private set; }

    /// <summary>Mounts everything.</summary>
    /// <exception cref="BootException">A mount cannot be made; the message names it.</exception>
    internal MountNamespace Build()
    {
        FileSystem root = Need("/", Root());
        var space = new MountNamespace(new Mount(root.Root, RootFlags(), "none"));
        var caller = new BootCaller(space.Root);
        foreach (MountRequest mount in _request.Mounts)
        {
            Attach(caller, mount);
        }

        PathMasks.Protect(caller, _request.ReadOnlyPaths);
        if (_request.MaskedPaths.Count > 0)
        {
            Result<FileSystem> empty = _vfs.FindType("tmpfs")!.Create(caller, "");
            PathMasks.Mask(caller, _request.MaskedPaths, Need("masked paths", empty));
        }

        return space;
    }

    private MountFlags RootFlags() => _request.RootReadOnly ? MountFlags.ReadOnly : MountFlags.None;

    /// <summary>What the root's image says of processes; null for no image, or one that says
    /// nothing.</summary>
    internal ImageConfig? ImageConfig { get; private set; }

    private Result<FileSystem> Root()
    {
        Result<FileSystem> lower = Image() is { } image ? image : Directory();
        if (!lower.IsOk || !_request.RootOverlay)
        {
            return lower;
        }

        var lowers = new Inode[_request.LayerFds.Count + 1];
        for (int i = 0; i < _request.LayerFds.Count; i++)
        {
            lowers[i] = Need("layer", Host(_request.LayerFds[i], exclusive: true, readOnly: true)).Root.Inode;
        }

        lowers[^1] = lower.Value.Root.Inode;
        Overlay = _request.OverlayFd >= 0 ? Need("overlay", OverDirectory(lowers)) : OverMemory(lowers);
        return Overlay;
    }

    private OverlayFileSystem OverMemory(Inode[] lowers)
    {
        long limit = _request.OverlayBytes > 0 ? _request.OverlayBytes : _request.MemoryBytes / 2;
        var options = new TmpfsOptions { SizeLimit = limit, Descriptors = _descriptors, Budget = _memory };
        return OverlayFileSystem.OverMemory(_vfs, options, lowers);
    }

    private Result<OverlayFileSystem> OverDirectory(Inode[] lowers)
    {
        var options = new HostFileSystemOptions
        {
            IsWritable = true, IsLayer = true, LayerLimit = _request.OverlayBytes, Owners = _owners,
            Descriptors = _descriptors,
        };
        if (!HostFileSystem.Create(_vfs, _request.OverlayFd, options)
            .TryGet(out HostFileSystem? host, out Errno error))
        {
            return error;
        }

        var caller = new BootCaller(new Location(_vfs.AnonymousMount, host.Root));
        Result<Inode> upper = host.Root.Inode.Lookup(caller, "upper"u8);
        Result<Inode> work = host.Root.Inode.Lookup(caller, "work"u8);
        error = upper.IsOk ? host.CountUsage(caller, upper.Value) : upper.Error;
        return error != Errno.Success ? error : !work.IsOk ? work.Error
            : OverlayFileSystem.OverDirectory(caller, _vfs, upper.Value, work.Value, lowers);
    }

    private Result<FileSystem> Directory()
    {
        bool isReadOnly = _request.RootOverlay || _request.RootReadOnly;
        return Host(_request.RootFd, exclusive: isReadOnly, isReadOnly);
    }

    /// <summary>The file system of the image that the root is; null when it is a directory.</summary>
    private ImageFileSystem? Image()
    {
        var options = new ImageOptions
        {
            Descriptors = _descriptors, CopyBytes = _request.MemoryBytes / 2,
            InflatedBytes = _request.MemoryBytes / 2, MayBeLayout = _request.TakesImageDefaults,
        };
        ImageOpening opened = ImageOpener.Open(_vfs, _request.RootFd, options);
        ImageConfig = opened.Config;
        return opened.Problem is null ? opened.FileSystem
            : throw new BootException(Failed, $"{_request.RootName}: {opened.Problem}");
    }

    private Result<FileSystem> Host(int fd, bool exclusive, bool readOnly)
    {
        Result<HostFileSystem> made = HostFileSystem.Create(_vfs, fd, new HostFileSystemOptions
        {
            IsExclusive = exclusive, IsWritable = !readOnly, Owners = _owners, Descriptors = _descriptors,
            ActsForOwners = _request.KeptCapabilities != 0,
        });
        return made.TryGet(out HostFileSystem? host, out Errno error) ? host : error;
    }

    // Hidden as a mount below a host directory (HiddenFileSystems), but this one is the container's own.
    private Result<FileSystem> Cgroup(MountRequest mount, string controllers)
    {
        Result<HostFileSystem> made = HostFileSystem.Create(_vfs, mount.Fd, new HostFileSystemOptions
        {
            TypeName = "cgroup", ShownOptions = controllers, Owners = _owners, Descriptors = _descriptors,
        });
        return made.TryGet(out HostFileSystem? directory, out Errno error) ? directory : error;
    }

    private void Attach(BootCaller caller, MountRequest mount)
    {
        MountFlags flags = MountOptions.Split(mount.Options, out string data);
        flags |= mount.ReadOnly ? MountFlags.ReadOnly : MountFlags.None;
        Result<FileSystem> made = mount.Kind switch
        {
            MountKind.Bind =>
                Host(mount.Fd, mount.ReadOnly && MountOptions.IsExclusive(data), mount.ReadOnly),
            MountKind.Proc => ProcFileSystem.Create(_vfs, _kernel, _facts),
            MountKind.Sysfs => SysFileSystem.Create(_vfs, _kernel, _facts),
            MountKind.CgroupDirectory => Cgroup(mount, data),
            MountKind.Dev => DeviceDirectory.Create(_vfs, _request.Process.Terminal),
            _ => Typed(caller, mount, data),
        };
        FileSystem files = Need(mount.Target, made);
        if (files is GeneratedFileSystem generated && mount.Kind is MountKind.Dev or MountKind.Devpts)
        {
            generated.ShownOptions = MountOptions.Show(data);
        }

        byte[] target = Encoding.UTF8.GetBytes(mount.Target);
        Location place = Need(mount.Target, Place(caller, target, files.Root.Inode.IsDirectory));
        Errno error = MountNamespace.Attach(new Mount(files.Root, flags, mount.Source), place);
        if (error != Errno.Success)
        {
            throw Error(mount.Target, error);
        }
    }

    private Result<FileSystem> Typed(BootCaller caller, MountRequest mount, string data)
    {
        string name = mount.Kind switch
        {
            MountKind.Tmpfs => "tmpfs",
            MountKind.Devpts => "devpts",
            MountKind.Mqueue => "mqueue",
            _ => "cgroup2",
        };
        return _vfs.FindType(name)!.Create(caller, data);
    }

    // A mount point that is missing is made, as runc makes it.
    private static Result<Location> Place(BootCaller caller, byte[] target, bool isDirectory)
    {
        Location root = caller.FileSystem.Root;
        Result<Location> found = PathWalker.Lookup(caller, root, target, LookupFlags.Follow,
            ResolveFlags.None);
        if (found.IsOk || found.Error != Errno.ENOENT)
        {
            return found;
        }

        for (int slash = 1; slash <= target.Length; slash++)
        {
            if (slash < target.Length && target[slash] != (byte)'/')
            {
                continue;
            }

            ReadOnlySpan<byte> part = target.AsSpan(0, slash);
            if (slash < target.Length || isDirectory)
            {
                // Those that exist already are as good; what really fails shows in the lookup below.
                _ = NameOperations.Make(caller, root, part, FileType.Directory, 0x1ed);
                continue;
            }

            Result<OpenFile> file = FileOpener.Open(
                caller, root, part, OpenFlags.Create | OpenFlags.WriteOnly, 0x1a4);
            if (file.IsOk)
            {
                file.Value.Release();
            }
        }

        return PathWalker.Lookup(caller, root, target, LookupFlags.Follow, ResolveFlags.None);
    }

    private static T Need<T>(string what, Result<T> result) =>
        result.TryGet(out T? value, out Errno error) ? value : throw Error(what, error);

    private static BootException Error(string target, Errno error) =>
        new(Failed, $"mount {target}: {ErrnoMessages.Get(error)}");
}
