// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Dev;

/// <summary>
/// What is in /dev of a container: the devices and links that the OCI runtime specification names.
/// </summary>
public static class DeviceDirectory
{
    private const ulong TmpfsMagic = 0x01021994;

    /// <summary>
    /// Makes the file system to mount on /dev. pts, shm and mqueue are empty directories to mount on.
    /// </summary>
    /// <param name="vfs">The registry.</param>
    /// <param name="withConsole">True to have /dev/console.</param>
    public static FileSystem Create(VirtualFileSystem vfs, bool withConsole) =>
        new GeneratedFileSystem(vfs, "tmpfs", TmpfsMagic, fileSystem => BuildRoot(fileSystem, withConsole));

    /// <summary>Registers the drivers. Call it once at boot.</summary>
    /// <returns>The console's, to be given its terminal.</returns>
    public static ConsoleDevice RegisterDrivers(VirtualFileSystem vfs)
    {
        foreach (MemoryDeviceKind kind in (System.ReadOnlySpan<MemoryDeviceKind>)
            [MemoryDeviceKind.Null, MemoryDeviceKind.Zero, MemoryDeviceKind.Full, MemoryDeviceKind.Random,
                MemoryDeviceKind.URandom])
        {
            vfs.RegisterCharacterDevice(1, (uint)kind, new MemoryDevice(kind));
        }

        var console = new ConsoleDevice();
        vfs.RegisterCharacterDevice(5, 0, new ControllingTerminalDevice());
        vfs.RegisterCharacterDevice(5, 1, console);
        return console;
    }

    private static StaticDirectory BuildRoot(FileSystem fileSystem, bool withConsole)
    {
        const uint ReadWriteAll = 0x1b6;
        var root = new StaticDirectory(fileSystem, 0x1ed);
        root.Add("null", new DeviceNode(fileSystem, 1, 3, ReadWriteAll))
            .Add("zero", new DeviceNode(fileSystem, 1, 5, ReadWriteAll))
            .Add("full", new DeviceNode(fileSystem, 1, 7, ReadWriteAll))
            .Add("random", new DeviceNode(fileSystem, 1, 8, ReadWriteAll))
            .Add("urandom", new DeviceNode(fileSystem, 1, 9, ReadWriteAll))
            .Add("tty", new DeviceNode(fileSystem, 5, 0, ReadWriteAll))
            .Add("fuse", new DeviceNode(fileSystem, 10, 229, ReadWriteAll))
            .Add("fd", new GeneratedSymlink(fileSystem, "/proc/self/fd"))
            .Add("stdin", new GeneratedSymlink(fileSystem, "/proc/self/fd/0"))
            .Add("stdout", new GeneratedSymlink(fileSystem, "/proc/self/fd/1"))
            .Add("stderr", new GeneratedSymlink(fileSystem, "/proc/self/fd/2"))
            .Add("ptmx", new GeneratedSymlink(fileSystem, "pts/ptmx"))
            .Add("pts", new StaticDirectory(fileSystem, 0x1ed))
            .Add("shm", new StaticDirectory(fileSystem, 0x3ff))
            .Add("mqueue", new StaticDirectory(fileSystem, 0x3ff));
        if (withConsole)
        {
            root.Add("console", new DeviceNode(fileSystem, 5, 1, 0x180));
        }

        return root;
    }
}
