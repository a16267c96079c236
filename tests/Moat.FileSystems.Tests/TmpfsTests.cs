// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Mounting;
using Moat.Vfs.Paths;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Limits, options, mappings of tmpfs, and the permission rules of the VFS on it.</summary>
public sealed class TmpfsTests
{
    [Fact]
    public void The_size_limit_holds_and_memory_comes_back()
    {
        using var world = new World("tmpfs");
        var small = new TmpfsFileSystem(world.Vfs, new TmpfsOptions { SizeLimit = 128 * 1024 });
        world.Mkdir("m");
        Assert.Equal(Errno.Success,
            MountNamespace.Attach(new Mount(small.Root, MountFlags.None, "t"), world.Find("m")));
        Assert.Equal(Errno.Success, world.Write("m/a", new string('a', 100_000)));
        Assert.Equal(Errno.Success, world.Write("m/b", new string('b', 60_000)));
        Assert.Equal(7 * 4096, world.Stat("m/b").Value.Size);
        Assert.Equal(Errno.ENOSPC, world.Write("m/c", "c"));
        Assert.Equal(Errno.Success, world.Unlink("m/c"));
        Assert.Equal(Errno.Success, world.Unlink("m/b"));
        Assert.Equal(Errno.Success, world.Unlink("m/a"));
        Assert.Equal(32u, small.GetStatistics().Value.BlocksFree);
        Assert.Equal(Errno.Success, world.Write("m/c", new string('c', 128 * 1024)));
        Assert.Equal(Errno.EXDEV, world.Rename("m/c", "c"));
        Assert.Equal(Errno.EBUSY, world.Rmdir("m"));
    }

    [Fact]
    public void Options_are_parsed()
    {
        using var world = new World("tmpfs");
        FileSystemType type = TmpfsType.Create(
            world.Vfs, new DescriptorBudget(10), 1 << 20, TmpfsBudget.Unlimited);
        FileSystem made = type.Create(world.Caller, "size=64k,mode=700,uid=5,nr_inodes=1k").Value;
        Assert.Equal("size=64k,nr_inodes=1024,mode=700,uid=5", made.Options);
        Assert.Equal(Errno.EINVAL, type.Create(world.Caller, "sise=1").Error);
        Assert.Equal(Errno.EINVAL, type.Create(world.Caller, "mode=9").Error);
        Assert.Equal(64u, type.Create(world.Caller, "size=25%").Value.GetStatistics().Value.Blocks);
    }

    [Fact]
    public void A_remount_changes_limits_that_leave_room()
    {
        using var world = new World("tmpfs");
        FileSystemType type = TmpfsType.Create(
            world.Vfs, new DescriptorBudget(10), 1 << 20, TmpfsBudget.Unlimited);
        world.Vfs.Register(type);
        FileSystem small = type.Create(world.Caller, "size=64k").Value;
        world.Mkdir("m");
        Assert.Equal(Errno.Success,
            MountNamespace.Attach(new Mount(small.Root, MountFlags.None, "t"), world.Find("m")));
        Assert.Equal(Errno.Success, world.Write("m/a", new string('a', 60_000)));
        Assert.Equal(Errno.EINVAL, Remount("size=32k"));
        Assert.Equal(Errno.Success, Remount("size=128k,ro"));
        Assert.Equal((32ul, true), (small.GetStatistics().Value.Blocks, small.IsReadOnly));
        Assert.Equal(Errno.EROFS, world.OpenError("m/b", OpenFlags.Create | OpenFlags.WriteOnly));

        Errno Remount(string options)
        {
            FileSystemConfig config = small.BeginChange(world.Caller);
            Errno error = config.SetAll(world.Caller, options);
            return error == Errno.Success ? config.Reconfigure(world.Caller, small, false) : error;
        }
    }

    [Fact]
    public void A_mapping_outlives_name_and_open_file()
    {
        using var world = new World("tmpfs");
        world.Write("a", "mapped");
        OpenFile file = world.Open("a", OpenFlags.ReadWrite).Value;
        MemoryObject first = file.GetMemoryObject(world.Caller, true, true, false).Value;
        MemoryObject second = file.GetMemoryObject(world.Caller, true, true, false).Value;
        Assert.Same(first, second);
        Assert.Equal("/a", first.Name);
        file.Release();
        world.Unlink("a");
        byte[] buffer = new byte[6];
        Assert.Equal(6, Host.Files.HostFile.Pread(first.HostFd, buffer, 0).Value);
        Assert.Equal("mapped"u8.ToArray(), buffer);
        int fd = first.HostFd;
        first.Release();
        second.Release();
        // The number may be another test's by now.
        buffer.AsSpan().Clear();
        _ = Host.Files.HostFile.Pread(fd, buffer, 0);
        Assert.NotEqual("mapped"u8.ToArray(), buffer);
    }

    [Fact]
    public void Permissions_for_an_ordinary_user()
    {
        using var world = new World("tmpfs");
        world.Write("secret", "s");
        AttributeOperations.ChangeMode(world.Caller, world.Find("secret"), 0x180);
        world.Mkdir("sticky");
        AttributeOperations.ChangeMode(world.Caller, world.Find("sticky"), 0x3ff);
        world.Write("sticky/roots", "r");
        world.Mkdir("closed");
        AttributeOperations.ChangeMode(world.Caller, world.Find("closed"), 0x1c0);
        world.Become(1000);
        Assert.Equal(Errno.EACCES, world.OpenError("secret"));
        Assert.Equal(Errno.EACCES, world.Mkdir("new"));
        Assert.Equal(Errno.EACCES, world.OpenError("closed/x"));
        Assert.Equal(Errno.Success, world.Write("sticky/mine", "m"));
        Assert.Equal(Errno.EPERM, world.Unlink("sticky/roots"));
        Assert.Equal(Errno.EPERM, world.Rename("sticky/roots", "sticky/x"));
        Assert.Equal(1000u, world.Stat("sticky/mine").Value.Uid);
        Assert.Equal(Errno.EPERM,
            AttributeOperations.ChangeOwner(world.Caller, world.Find("sticky/mine"), 0, 0));
        Assert.Equal(Errno.EPERM,
            AttributeOperations.ChangeMode(world.Caller, world.Find("sticky/roots"), 0x1ff));
        Assert.Equal(Errno.Success, world.Unlink("sticky/mine"));
    }

    [Fact]
    public void The_name_cache_is_pruned_and_held_names_stay_themselves()
    {
        using var world = new World("tmpfs");
        world.Mkdir("d");
        world.Write("d/held", "x");
        Location held = world.Find("d/held");
        for (int i = 0; i < 60_000; i++)
        {
            Assert.Equal(Errno.ENOENT, world.OpenError($"missing{i}"));
            if (i % 4 == 0)
            {
                world.Mkdir($"e{i}");
            }
        }

        Assert.Same(held.Dentry, world.Find("d/held").Dentry);
        Assert.Equal(15_001, world.List("/").Count);
        Assert.Equal(Errno.Success, world.Unlink("d/held"));
        Assert.True(held.Dentry.IsDeleted);
        for (int i = 0; i < 60_000; i += 4)
        {
            Assert.Equal(Errno.Success, world.Rmdir($"e{i}"));
        }
    }

    [Fact]
    public void Mounts_cover_and_dot_dot_leaves_them()
    {
        using var world = new World("tmpfs");
        world.Mkdir("m");
        world.Mkdir("m/under");
        var other = new TmpfsFileSystem(world.Vfs, new TmpfsOptions());
        Location place = world.Find("m");
        Assert.Equal(Errno.Success,
            MountNamespace.Attach(new Mount(other.Root, MountFlags.None, "t"), place));
        Assert.Empty(world.List("m"));
        world.Mkdir("m/over");
        Assert.Equal("/m/over", world.PathOf(world.Find("m/over")));
        Assert.Equal(["m"], world.List("m/over/../.."));
        Assert.Equal(
            Errno.EXDEV,
            PathWalker.Lookup(world.Caller, world.Find("m/over"), "../.."u8, LookupFlags.None,
                ResolveFlags.NoCrossDevice).Error);
        Assert.Equal(
            Errno.EXDEV,
            PathWalker.Lookup(world.Caller, world.Find("m/over"), ".."u8, LookupFlags.None,
                ResolveFlags.Beneath).Error);
        Assert.Equal(
            Errno.Success,
            MountTree.Unmount(world.Namespace, world.Find("m"), default(UnmountFlags), isBusy: false));
        Assert.Equal(["under"], world.List("m"));
    }
}
