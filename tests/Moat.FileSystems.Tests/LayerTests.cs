// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Paths;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Overlays whose changes go to a directory of the host.</summary>
public sealed class LayerTests
{
    private static World Make(string kind = "layer") => new(kind, directory =>
    {
        Directory.CreateDirectory(directory + "/dir/deep");
        File.WriteAllText(directory + "/dir/one", "one");
        File.WriteAllText(directory + "/dir/two", "two");
        File.WriteAllText(directory + "/program", "x");
        File.SetUnixFileMode(directory + "/program", (UnixFileMode)0x9ed);
    });

    [Fact]
    public void Whiteouts_and_content_are_in_the_directory()
    {
        using World world = Make();
        Assert.Equal(Errno.Success, world.Write("dir/one", "changed"));
        Assert.Equal("changed", File.ReadAllText(world.Upper + "/dir/one"));
        Assert.Equal(Errno.Success, world.Unlink("dir/one"));
        Assert.True(File.Exists(world.Upper + "/dir/one"));
        Assert.Equal(Errno.ENOENT, world.OpenError("dir/one"));
        Assert.Equal(["deep", "two"], world.List("dir"));
        Assert.Equal(Errno.Success, world.Rename("dir/two", "dir/one"));
        Assert.Equal("two", world.Read("dir/one"));
        Assert.Equal(["deep", "one"], world.List("dir"));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(world.Upper)! + "/work"));
        Assert.Equal("one", File.ReadAllText(world.HostDirectory + "/dir/one"));
    }

    [Fact]
    public void Set_id_bits_survive_the_copy()
    {
        using World world = Make();
        Assert.Equal(0x89edu, world.Stat("program").Value.Mode);
        Assert.Equal(Errno.Success, AttributeOperations.ChangeOwner(
            world.Caller, world.Find("dir"), uint.MaxValue, world.Stat("dir").Value.Gid));
        Assert.Equal(Errno.Success, world.Rename("program", "dir/program"));
        Assert.Equal(0x89edu, world.Stat("dir/program").Value.Mode);
    }

    [Fact]
    public void A_whiteout_cannot_be_made_by_name()
    {
        using World world = Make();
        Assert.Equal(Errno.EPERM, NameOperations.Make(
            world.Caller, world.Find("/"), "dir/one2"u8, FileType.CharacterDevice, 0).Error);
    }

    [Fact]
    public void Marks_of_the_overlay_are_not_the_guests()
    {
        using World world = Make();
        Assert.Equal(Errno.Success, world.Unlink("dir/one"));
        Assert.Equal(Errno.Success, world.Unlink("dir/two"));
        Assert.Equal(Errno.Success, world.Rmdir("dir/deep"));
        Assert.Equal(Errno.Success, world.Rmdir("dir"));
        Assert.Equal(Errno.Success, world.Mkdir("dir"));
        Assert.Empty(world.List("dir"));
        Inode dir = world.Find("dir").Inode;
        Assert.Equal(0, dir.ListExtendedAttributes(world.Caller, new byte[100]).Value);
        Assert.Equal(Errno.Success, dir.SetExtendedAttribute(
            world.Caller, "user.overlay.opaque"u8, "n"u8, 0));
        byte[] names = new byte[100];
        int length = dir.ListExtendedAttributes(world.Caller, names).Value;
        Assert.Equal("user.overlay.opaque\0", System.Text.Encoding.ASCII.GetString(names, 0, length));
        Assert.Equal(Errno.Success, dir.RemoveExtendedAttribute(world.Caller, "user.overlay.opaque"u8));
        Assert.Empty(world.List("dir"));
    }

    [Fact]
    public void A_removed_lower_file_is_copied_without_a_name()
    {
        using World world = Make();
        OpenFile file = world.Open("dir/one").Value;
        Assert.Equal(Errno.Success, world.Unlink("dir/one"));
        Errno error = AttributeOperations.ChangeMode(world.Caller, file.Location!.Value, 0x100);
        Assert.Equal(Errno.Success, error);
        Assert.Equal(0x8100u, file.GetAttributes().Value.Mode);
        file.Release();
        Assert.Equal(["deep", "two"], world.List("dir"));
    }

    [Fact]
    public void The_limit_holds_and_room_comes_back()
    {
        using World world = Make("layer-1m");
        Assert.Equal(Errno.Success, world.Write("a", new string('a', 700_000)));
        ulong free = world.Find("a").Mount.FileSystem.GetStatistics().Value.BlocksFree;
        Assert.InRange(free, 1u, 84u);
        Assert.Equal(Errno.Success, world.Write("b", new string('b', 700_000)));
        Assert.InRange(world.Stat("b").Value.Size, 1, 400_000);
        Assert.Equal(Errno.ENOSPC, world.Write("b", new string('b', 100_000), OpenFlags.Append));
        Assert.Equal(Errno.Success, world.Write("a", "over", OpenFlags.WriteOnly));
        OpenFile open = world.Open("a").Value;
        Assert.Equal(Errno.Success, world.Unlink("a"));
        Assert.Equal(Errno.ENOSPC, world.Write("b", new string('b', 100_000), OpenFlags.Append));
        open.Release();
        Assert.Equal(Errno.Success, world.Write("b", new string('b', 100_000), OpenFlags.Append));
        for (int i = 0; i < 2000; i++)
        {
            if (world.Mkdir("d" + i) == Errno.ENOSPC)
            {
                return;
            }
        }

        Assert.Fail("2,000 directories did not fill 1 MiB");
    }

    [Fact]
    public void Exchanges_and_hard_links()
    {
        using World world = Make();
        Assert.Equal(Errno.Success, world.Link("dir/one", "link"));
        Assert.Equal(Errno.Success, world.Rename("link", "dir/two", RenameFlags.Exchange));
        Assert.Equal("one", world.Read("dir/two"));
        Assert.Equal("two", world.Read("link"));
        Assert.Equal(2u, world.Stat("dir/two").Value.LinkCount);
        Assert.Equal(Errno.Success, world.Unlink("dir/one"));
        Assert.Equal("one", world.Read("dir/two"));
    }
}
