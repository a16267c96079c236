// SPDX-License-Identifier: Apache-2.0
using System.IO;
using Moat.Abi;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Host directories: nothing outside is reachable, nothing dangerous is opened.</summary>
public sealed class HostFsTests
{
    [Fact]
    public void Links_that_lead_out_stay_inside()
    {
        using var world = new World("host-ro", directory =>
        {
            File.CreateSymbolicLink(directory + "/absolute", "/etc/passwd");
            File.CreateSymbolicLink(directory + "/relative", "../../../../../../etc/passwd");
        });
        Assert.Equal(Errno.ENOENT, world.OpenError("absolute"));
        Assert.Equal(Errno.ENOENT, world.OpenError("relative"));
        Assert.Equal(Errno.ENOENT, world.OpenError("../../../etc/passwd"));
    }

    [Fact]
    public void Read_only_means_EROFS()
    {
        using var world = new World("host-ro", directory => File.WriteAllText(directory + "/a", "x"));
        Assert.Equal(Errno.EROFS, world.OpenError("a", OpenFlags.WriteOnly));
        Assert.Equal(Errno.EROFS, world.OpenError("b", OpenFlags.Create));
        Assert.Equal(Errno.EROFS, world.Mkdir("d"));
        Assert.Equal(Errno.EROFS, world.Unlink("a"));
        Assert.Equal(Errno.EROFS, world.Unlink("missing"));
        Assert.Equal("x", world.Read("a"));
    }

    [Fact]
    public void More_directories_than_handles()
    {
        using var world = new World("host-ro", directory =>
        {
            for (int i = 0; i < 20; i++)
            {
                Directory.CreateDirectory($"{directory}/d{i}/e/f");
                File.WriteAllText($"{directory}/d{i}/e/f/file", $"content {i}");
            }
        });
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal($"content {i}", world.Read($"d{i}/e/f/file"));
            }
        }
    }

    [Fact]
    public void Changes_from_outside_are_seen_on_shared_mounts()
    {
        using var world = new World("host", directory => File.WriteAllText(directory + "/a", "old"));
        Assert.Equal("old", world.Read("a"));
        File.Delete(world.HostDirectory + "/a");
        Assert.Equal(Errno.ENOENT, world.OpenError("a"));
        File.WriteAllText(world.HostDirectory + "/a", "newer");
        Assert.Equal("newer", world.Read("a"));
        Assert.Equal(5, world.Stat("a").Value.Size);
    }

    [Fact]
    public void A_file_replaced_by_a_link_is_not_followed()
    {
        using var world = new World("host-ro", directory => File.WriteAllText(directory + "/a", "inside"));
        Assert.Equal(6, world.Stat("a").Value.Size);
        File.Delete(world.HostDirectory + "/a");
        File.CreateSymbolicLink(world.HostDirectory + "/a", "/etc/passwd");
        Assert.NotEqual(Errno.Success, world.OpenError("a"));
    }

    [Fact]
    public void Host_devices_and_processes_are_out_of_reach()
    {
        using var world = new World("host-ro");
        int fd = Host.Files.HostPath.Open(
            Host.Files.HostPath.CurrentDirectory, "/"u8, OpenFlags.Path | OpenFlags.Directory).Value;
        HostFs.HostFileSystem root = HostFs.HostFileSystem.Create(
            world.Vfs, fd, new HostFs.HostFileSystemOptions { IsExclusive = true }).Value;
        Inode proc = root.Root.Inode.Lookup(world.Caller, "proc"u8).Value;
        Assert.Equal(Errno.ENOENT, proc.Lookup(world.Caller, "1"u8).Error);
        Assert.Equal(0, proc.List(world.Caller).Value.Count);
        Inode dev = root.Root.Inode.Lookup(world.Caller, "dev"u8).Value;
        Inode zero = dev.Lookup(world.Caller, "zero"u8).Value;
        Assert.Equal(FileType.CharacterDevice, zero.Type);
        var location = new Location(world.Namespace.RootMount, Dentry.CreateAnonymous(zero, "zero"));
        Assert.Equal(Errno.ENXIO, zero.Open(world.Caller, location, OpenFlags.ReadOnly).Error);
    }
}
