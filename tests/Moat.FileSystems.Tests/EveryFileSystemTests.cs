// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Paths;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>What holds on every writable file system; the errors are those that Linux gives.</summary>
public sealed class EveryFileSystemTests
{
    public static TheoryData<string> Kinds => [.. World.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Files_are_made_written_and_read(string kind)
    {
        using var world = new World(kind);
        Assert.Equal(Errno.ENOENT, world.OpenError("a"));
        Assert.Equal(Errno.Success, world.Write("a", "hello"));
        Assert.Equal("hello", world.Read("/a"));
        Assert.Equal(Errno.Success, world.Write("a", " world", OpenFlags.Append));
        Assert.Equal("hello world", world.Read("a"));
        Assert.Equal(11, world.Stat("a").Value.Size);
        Assert.Equal(Errno.EEXIST, world.OpenError("a", OpenFlags.Create | OpenFlags.Exclusive));
        Assert.Equal(Errno.ENOTDIR, world.OpenError("a/b"));
        Assert.Equal(Errno.ENOTDIR, world.OpenError("a/"));
        Assert.Equal(Errno.ENOTDIR, world.OpenError("a", OpenFlags.Directory));
        Assert.Equal(Errno.EISDIR, world.OpenError("new/", OpenFlags.Create));
        Assert.Equal(Errno.EISDIR, world.OpenError("/", OpenFlags.WriteOnly));
        Assert.Equal(Errno.Success, world.Write("a", "", OpenFlags.Truncate));
        Assert.Equal("", world.Read("a"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Large_and_sparse_content(string kind)
    {
        using var world = new World(kind);
        string text = new('x', 100_000);
        Assert.Equal(Errno.Success, world.Write("big", text));
        Assert.Equal(text, world.Read("big"));
        OpenFile file = world.Open("sparse", OpenFlags.Create | OpenFlags.ReadWrite).Value;
        Assert.Equal(1, file.WriteAt(world.Caller, "z"u8, 1 << 20).Value);
        byte[] buffer = [1, 1, 1, 1];
        Assert.Equal(4, file.ReadAt(world.Caller, buffer, 5000).Value);
        Assert.Equal([0, 0, 0, 0], buffer);
        Assert.Equal((1 << 20) + 1, file.Seek(world.Caller, 0, 2).Value);
        Assert.Equal(Errno.EINVAL, file.Seek(world.Caller, -1, 0).Error);
        Assert.Equal(Errno.Success, file.Truncate(world.Caller, 10));
        Assert.Equal(10, file.GetAttributes().Value.Size);
        Assert.Equal(Errno.Success, file.Truncate(world.Caller, 100));
        Assert.Equal(4, file.ReadAt(world.Caller, buffer, 50).Value);
        Assert.Equal([0, 0, 0, 0], buffer);
        file.Release();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Directories(string kind)
    {
        using var world = new World(kind);
        Assert.Equal(Errno.Success, world.Mkdir("d"));
        Assert.Equal(Errno.Success, world.Mkdir("d/e/"));
        Assert.Equal(Errno.EEXIST, world.Mkdir("d"));
        Assert.Equal(Errno.EEXIST, world.Mkdir("/"));
        Assert.Equal(Errno.ENOENT, world.Mkdir("x/y"));
        Assert.Equal(Errno.ENOTEMPTY, world.Rmdir("d"));
        Assert.Equal(Errno.EINVAL, world.Rmdir("d/."));
        Assert.Equal(Errno.ENOTEMPTY, world.Rmdir("d/e/.."));
        Assert.Equal(Errno.EISDIR, world.Unlink("d"));
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(Errno.Success, world.Write($"d/file{i:00}", "x"));
        }

        List<string> names = world.List("d");
        Assert.Equal(31, names.Count);
        Assert.Equal("e", names[0]);
        Assert.Equal("file29", names[30]);
        Assert.Equal(Errno.ENOTDIR, world.Rmdir("d/file00"));
        Assert.Equal(Errno.Success, world.Rmdir("d/e"));
        Assert.Equal(Errno.ENOENT, world.Rmdir("d/e"));
        Assert.Equal(2u, world.Stat("d").Value.LinkCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Links(string kind)
    {
        using var world = new World(kind);
        world.Write("a", "content");
        Assert.Equal(Errno.Success, world.Link("a", "b"));
        Assert.Equal(Errno.EEXIST, world.Link("a", "b"));
        Assert.Equal(2u, world.Stat("a").Value.LinkCount);
        Assert.Equal(world.Stat("a").Value.InodeNumber, world.Stat("b").Value.InodeNumber);
        Assert.Equal(Errno.Success, world.Unlink("a"));
        Assert.Equal("content", world.Read("b"));
        Assert.Equal(Errno.Success, world.Symlink("b", "s"));
        Assert.Equal("content", world.Read("s"));
        Assert.Equal(FileType.Symlink, StatMode.TypeOf(world.Stat("s", follow: false).Value.Mode));
        Assert.Equal(1, world.Stat("s", follow: false).Value.Size);
        Assert.Equal(Errno.ELOOP, world.OpenError("s", OpenFlags.NoFollow));
        world.Symlink("loop", "loop");
        Assert.Equal(Errno.ELOOP, world.OpenError("loop"));
        world.Symlink("missing", "dangling");
        Assert.Equal(Errno.ENOENT, world.OpenError("dangling"));
        Assert.Equal(Errno.EEXIST, world.OpenError("dangling", OpenFlags.Create | OpenFlags.Exclusive));
        Assert.Equal(Errno.Success, world.Write("dangling", "made"));
        Assert.Equal("made", world.Read("missing"));
        Assert.Equal(Errno.Success, world.Symlink("/../../missing", "up"));
        Assert.Equal("made", world.Read("up"));
        Assert.Equal(Errno.ENOTDIR, world.OpenError("s/"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_unlinked_file_lives_while_open(string kind)
    {
        using var world = new World(kind);
        world.Write("a", new string('q', 50_000));
        OpenFile file = world.Open("a", OpenFlags.ReadWrite).Value;
        Assert.Equal(Errno.Success, world.Unlink("a"));
        Assert.Equal(Errno.ENOENT, world.OpenError("a"));
        Assert.Equal(50_000, world.ReadAll(file).Length);
        Assert.Equal(0u, file.GetAttributes().Value.LinkCount);
        Assert.Equal("/a (deleted)", world.PathOf(file.Location!.Value));
        Assert.Equal(4, file.WriteAt(world.Caller, "more"u8, 0).Value);
        file.Release();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Renames(string kind)
    {
        using var world = new World(kind);
        world.Write("a", "A");
        world.Write("b", "B");
        world.Mkdir("d");
        world.Mkdir("d/sub");
        Assert.Equal(Errno.EEXIST, world.Rename("a", "b", RenameFlags.NoReplace));
        Assert.Equal(Errno.Success, world.Rename("a", "b", RenameFlags.Exchange));
        Assert.Equal("B", world.Read("a"));
        Assert.Equal(Errno.Success, world.Rename("a", "b"));
        Assert.Equal("B", world.Read("b"));
        Assert.Equal(Errno.ENOENT, world.OpenError("a"));
        Assert.Equal(Errno.EISDIR, world.Rename("b", "d"));
        Assert.Equal(Errno.ENOTDIR, world.Rename("d", "b"));
        Assert.Equal(Errno.EINVAL, world.Rename("d", "d/sub/x"));
        Assert.Equal(Errno.ENOTEMPTY, world.Rename("d/sub", "d"));
        Assert.Equal(Errno.ENOTDIR, world.Rename("b", "c/"));
        Assert.Equal(Errno.EBUSY, world.Rename("d/.", "e"));
        Location sub = world.Find("d/sub");
        Assert.Equal(Errno.Success, world.Rename("d", "e"));
        Assert.Equal("/e/sub", world.PathOf(sub));
        Assert.Equal(Errno.Success, world.Rename("b", "e/sub/b"));
        Assert.Equal("B", world.Read("e/sub/b"));
        Assert.Equal(["e"], world.List("/"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fifos_are_nodes(string kind)
    {
        using var world = new World(kind);
        Assert.Equal(Errno.Success, world.Mkfifo("f"));
        Assert.Equal(FileType.Fifo, StatMode.TypeOf(world.Stat("f").Value.Mode));
        Assert.Equal(Errno.ENXIO, world.OpenError("f"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Attributes_are_set(string kind)
    {
        using var world = new World(kind);
        world.Write("a", "x");
        Location a = world.Find("a");
        Assert.Equal(Errno.Success, AttributeOperations.ChangeMode(world.Caller, a, 0x180));
        Assert.Equal(0x8180u, world.Stat("a").Value.Mode);
        var time = new Timespec(1_000_000, 5_000);
        Assert.Equal(Errno.Success, AttributeOperations.SetTimes(world.Caller, a, time, time));
        Assert.Equal(time, world.Stat("a").Value.ModifyTime);
        Assert.Equal(Errno.Success, AttributeOperations.TruncatePath(world.Caller, a, 0));
        Assert.Equal(0, world.Stat("a").Value.Size);
        Assert.Equal(Errno.EISDIR, AttributeOperations.TruncatePath(world.Caller, world.Namespace.Root, 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Umask_and_temporary_files(string kind)
    {
        using var world = new World(kind);
        world.Caller.FileSystem.Umask = 0x3f;
        world.Write("a", "x");
        Assert.Equal(0x8180u, world.Stat("a").Value.Mode);
        if (kind != "host")
        {
            OpenFile file = world.Open("/", OpenFlags.TemporaryFile | OpenFlags.ReadWrite).Value;
            Assert.Equal(2, file.Write(world.Caller, "hi"u8).Value);
            Assert.Equal(0u, file.GetAttributes().Value.LinkCount);
            Assert.Equal(
                Errno.Success,
                NameOperations.Link(world.Caller, file.Location!.Value, world.Namespace.Root, "t"u8));
            file.Release();
            Assert.Equal("hi", world.Read("t"));
        }
    }

    [Fact]
    public void Extended_attributes()
    {
        using var world =
            new World("overlay", directory => System.IO.File.WriteAllText(directory + "/a", "x"));
        Inode a = world.Find("a").Inode;
        byte[] value = new byte[10];
        Assert.Equal(Errno.ENODATA, a.GetExtendedAttribute(world.Caller, "user.k"u8, value).Error);
        Assert.Equal(Errno.Success, a.SetExtendedAttribute(world.Caller, "user.k"u8, "v1"u8, 0));
        Assert.Equal(Errno.EEXIST, a.SetExtendedAttribute(world.Caller, "user.k"u8, "v1"u8, 1));
        Assert.Equal(2, a.GetExtendedAttribute(world.Caller, "user.k"u8, value).Value);
        Assert.Equal(Errno.ERANGE,
            a.GetExtendedAttribute(world.Caller, "user.k"u8, value.AsSpan(0, 1)).Error);
        Assert.Equal(7, a.ListExtendedAttributes(world.Caller, value).Value);
        Assert.Equal(Errno.Success, a.RemoveExtendedAttribute(world.Caller, "user.k"u8));
        Assert.Equal(Errno.ENODATA, a.RemoveExtendedAttribute(world.Caller, "user.k"u8));
    }
}
