// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.FileSystems.HostFs;
using Moat.FileSystems.Overlay;
using Moat.FileSystems.Tmpfs;
using Moat.Host.Files;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Tests;

/// <summary>A root file system of some kind, and calls on it in the shape of system calls.</summary>
internal sealed class World : IDisposable
{
    public static readonly string[] Kinds = ["tmpfs", "overlay", "layer", "host"];

    private readonly string _directory = Directory.CreateTempSubdirectory("moat-fs-test").FullName;

    private readonly string _layer = Directory.CreateTempSubdirectory("moat-fs-layer").FullName;

    public World(string kind, Action<string>? prepare = null)
        : this((world, directory) =>
        {
            prepare?.Invoke(directory);
            return world.Make(kind);
        })
    {
    }

    /// <summary>A root that somebody else makes, with a directory of the host to make it in.</summary>
    public World(Func<World, string, FileSystem> make)
    {
        Vfs = new VirtualFileSystem();
        FileSystem fileSystem = make(this, _directory);
        Namespace = new MountNamespace(new Mount(fileSystem.Root, MountFlags.None, "none"));
        Caller = new FakeCaller
        {
            Credentials = Credentials.For(0, 0, [], Credentials.AllCapabilities),
            FileSystem = new FsContext { Root = Namespace.Root, WorkingDirectory = Namespace.Root },
            Files = new FdTable(),
        };
    }

    private FileSystem Make(string kind) => kind switch
    {
        "tmpfs" => new TmpfsFileSystem(Vfs, new TmpfsOptions { Mode = 0x1ed }),
        "host" => Host(isExclusive: false, isWritable: true),
        "host-ro" => Host(isExclusive: true, isWritable: false),
        "layer" => Layer(0),
        "layer-1m" => Layer(1 << 20),
        _ => OverlayFileSystem.OverMemory(
            Vfs, new TmpfsOptions(), Host(isExclusive: true, isWritable: false).Root.Inode),
    };

    public VirtualFileSystem Vfs { get; }

    public MountNamespace Namespace { get; }

    public FakeCaller Caller { get; }

    /// <summary>The upper directory of a layer.</summary>
    public string Upper => _layer + "/upper";

    /// <summary>The host directory behind it.</summary>
    public string HostDirectory => _directory;

    private Location Start => Caller.FileSystem.WorkingDirectory;

    public Result<OpenFile> Open(string path, OpenFlags flags = OpenFlags.ReadOnly, uint mode = 0x1b6) =>
        FileOpener.Open(Caller, Start, Bytes(path), flags, mode);

    public Errno OpenError(string path, OpenFlags flags = OpenFlags.ReadOnly)
    {
        Result<OpenFile> file = Open(path, flags);
        if (file.IsOk)
        {
            file.Value.Release();
        }

        return file.Error;
    }

    public Errno Write(string path, string content, OpenFlags extra = OpenFlags.Create | OpenFlags.Truncate)
    {
        Result<OpenFile> file = Open(path, OpenFlags.WriteOnly | extra);
        if (!file.IsOk)
        {
            return file.Error;
        }

        Result<int> written = file.Value.Write(Caller, Bytes(content));
        file.Value.Release();
        return written.Error;
    }

    public string Read(string path)
    {
        Result<OpenFile> file = Open(path);
        if (!file.IsOk)
        {
            return file.Error.ToString();
        }

        string text = ReadAll(file.Value);
        file.Value.Release();
        return text;
    }

    public string ReadAll(OpenFile file)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[70_000];
        while (file.Read(Caller, buffer) is { IsOk: true, Value: > 0 } got)
        {
            all.Write(buffer, 0, got.Value);
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    public Result<InodeAttributes> Stat(string path, bool follow = true)
    {
        Result<Location> found = PathWalker.Lookup(
            Caller, Start, Bytes(path), follow ? LookupFlags.Follow : LookupFlags.None);
        if (!found.IsOk)
        {
            return found.Error;
        }

        Errno error = found.Value.Inode.GetAttributes(out InodeAttributes attributes);
        return error == Errno.Success ? attributes : error;
    }

    public Location Find(string path) =>
        PathWalker.Lookup(Caller, Start, Bytes(path), LookupFlags.None) is { IsOk: true } found
            ? found.Value : throw new InvalidOperationException(path);

    public List<string> List(string path)
    {
        var names = new List<string>();
        OpenFile directory = Open(path, OpenFlags.Directory).Value;
        byte[] buffer = new byte[200];
        while (true)
        {
            var writer = new DirectoryEntryWriter(buffer);
            Errno error = directory.ReadDirectory(Caller, ref writer);
            if (error != Errno.Success || writer.Length == 0)
            {
                break;
            }

            for (int at = 0; at < writer.Length; at += BitConverter.ToUInt16(buffer, at + 16))
            {
                int end = Array.IndexOf(buffer, (byte)0, at + 19);
                names.Add(Encoding.UTF8.GetString(buffer, at + 19, end - at - 19));
            }
        }

        directory.Release();
        names.RemoveAll(name => name is "." or "..");
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public Errno Mkdir(string path, uint mode = 0x1ff) =>
        NameOperations.Make(Caller, Start, Bytes(path), FileType.Directory, mode).Error;

    public Errno Symlink(string target, string path) =>
        NameOperations.Make(Caller, Start, Bytes(path), FileType.Symlink, 0, 0, Bytes(target)).Error;

    public Errno Mkfifo(string path) =>
        NameOperations.Make(Caller, Start, Bytes(path), FileType.Fifo, 0x1b6).Error;

    public Errno Link(string oldPath, string newPath) =>
        NameOperations.Link(Caller, Find(oldPath), Start, Bytes(newPath));

    public Errno Unlink(string path) => NameOperations.Remove(Caller, Start, Bytes(path), directory: false);

    public Errno Rmdir(string path) => NameOperations.Remove(Caller, Start, Bytes(path), directory: true);

    public Errno Rename(string from, string to, RenameFlags flags = RenameFlags.None) =>
        RenameOperation.Rename(Caller, Start, Bytes(from), Start, Bytes(to), flags);

    public string PathOf(Location location) =>
        Encoding.UTF8.GetString(PathFormatter.Format(location, Caller.FileSystem.Root));

    public void Become(uint uid, params uint[] groups) =>
        Caller.Credentials = Credentials.For(uid, uid, groups, 0);

    public HostFileSystem Host(bool isExclusive, bool isWritable)
    {
        int fd = HostPath.Open(
            HostPath.CurrentDirectory, Bytes(_directory), OpenFlags.Path | OpenFlags.Directory
                | OpenFlags.CloseOnExec).Value;
        return HostFileSystem.Create(
            Vfs, fd, new HostFileSystemOptions { IsExclusive = isExclusive, IsWritable = isWritable,
                MaxDirectoryHandles = 4 }).Value;
    }

    /// <summary>An overlay whose changes go to <see cref="Upper"/>.</summary>
    private OverlayFileSystem Layer(long limit)
    {
        Directory.CreateDirectory(Upper);
        Directory.CreateDirectory(_layer + "/work");
        File.SetUnixFileMode(Upper, File.GetUnixFileMode(_directory));
        int fd = HostPath.Open(
            HostPath.CurrentDirectory, Bytes(_layer), OpenFlags.Path | OpenFlags.Directory
                | OpenFlags.CloseOnExec).Value;
        HostFileSystem host = HostFileSystem.Create(Vfs, fd, new HostFileSystemOptions
        {
            IsWritable = true, IsLayer = true, LayerLimit = limit, MaxDirectoryHandles = 4,
        }).Value;
        var nobody = new FakeCaller();
        Inode upper = host.Root.Inode.Lookup(nobody, "upper"u8).Value;
        host.CountUsage(nobody, upper);
        return OverlayFileSystem.OverDirectory(
            nobody, Vfs, upper, host.Root.Inode.Lookup(nobody, "work"u8).Value,
            Host(isExclusive: true, isWritable: false).Root.Inode).Value;
    }

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        Directory.Delete(_layer, recursive: true);
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
