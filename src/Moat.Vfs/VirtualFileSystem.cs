// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Contexts;
using Moat.Vfs.Locks;
using Moat.Vfs.Notify;

namespace Moat.Vfs;

/// <summary>What all file systems of a sandbox share: devices, file system types, device numbers.</summary>
/// <remarks>Locks: none. Devices and types are registered at boot, before the first task runs.</remarks>
public sealed class VirtualFileSystem
{
    private readonly ConcurrentDictionary<(bool Block, ulong Device), IDevice> _devices = new();
    private readonly List<FileSystemType> _types = [];
    private int _lastAnonymousDevice = 0x1e;

    /// <summary>The registry of one sandbox.</summary>
    public VirtualFileSystem()
    {
        AnonymousFileSystem = new AnonymousFileSystem(this);
        AnonymousMount =
            new Mount(AnonymousFileSystem.Root, MountFlags.NoExecute, "none") { IsInternal = true };
    }

    /// <summary>The mount of files without a path, never attached.</summary>
    public Mount AnonymousMount { get; }

    /// <summary>The file system of files without a path: pipes, sockets, eventfds.</summary>
    public FileSystem AnonymousFileSystem { get; }

    /// <summary>Opens named pipes.</summary>
    public IFifoOpener? Fifos { get; set; }

    /// <summary>What users hold of inotify.</summary>
    public NotifyLimits NotifyLimits { get; } = new();

    /// <summary>Which files have locks.</summary>
    public LockTable LockTable { get; } = new();

    /// <summary>lease-break-time: seconds that a holder has to give a lease up.</summary>
    public int LeaseBreakTime { get; set; } = 45;

    /// <summary>Room for Landlock rules.</summary>
    public CollectedBudget LandlockBudget { get; } = new(1 << 16);

    /// <summary>Types that mount(2) knows, in order of registration.</summary>
    public IReadOnlyList<FileSystemType> Types => _types;

    /// <summary>Adds a type for mount(2) and /proc/filesystems.</summary>
    public void Register(FileSystemType type) => _types.Add(type);

    /// <summary>Adds a character device; every minor with its own call, or one driver for several.</summary>
    public void RegisterCharacterDevice(uint major, uint minor, IDevice device) =>
        _devices[(false, DeviceNumber.Make(major, minor))] = device;

    /// <summary>Takes a character device away (a closed pty).</summary>
    public void UnregisterCharacterDevice(uint major, uint minor) =>
        _devices.TryRemove((false, DeviceNumber.Make(major, minor)), out _);

    /// <summary>Finds a type by name, which may have a subtype: "fuse.sshfs".</summary>
    public FileSystemType? FindType(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string main = dot < 0 ? name : name[..dot];
        FileSystemType? found = _types.Find(type => type.Name == main);
        if (found is null || dot < 0)
        {
            return found;
        }

        return !found.HasSubtypes ? null : found with
        {
            Begin = caller =>
            {
                FileSystemConfig config = found.Begin(caller);
                config.Subtype = name[(dot + 1)..];
                return config;
            },
        };
    }

    /// <summary>A new st_dev (major 0).</summary>
    public ulong AllocateAnonymousDevice() =>
        DeviceNumber.Make(0, (uint)Interlocked.Increment(ref _lastAnonymousDevice));

    /// <summary>A location for a file that has none, as /proc/PID/fd links to it.</summary>
    public Location LocationOf(OpenFile file) =>
        file.Location ?? new Location(AnonymousMount,
            Dentry.CreateAnonymous(new OpenFileInode(this, file), file.AnonymousName));

    /// <summary>Opens a device node or FIFO.</summary>
    internal Result<OpenFile> OpenSpecial(Caller caller, Location location, OpenFlags flags)
    {
        Inode inode = location.Inode;
        if (inode.Type == FileType.Fifo)
        {
            return Fifos is null ? Errno.ENXIO : Fifos.Open(caller, location, flags);
        }

        Errno error = inode.GetAttributes(out InodeAttributes attributes);
        if (error != Errno.Success)
        {
            return error;
        }

        bool block = inode.Type == FileType.BlockDevice;
        return _devices.TryGetValue((block, attributes.SpecialDeviceId), out IDevice? device)
            ? device.Open(caller, location, attributes.SpecialDeviceId, flags)
            : Errno.ENXIO;
    }
}
