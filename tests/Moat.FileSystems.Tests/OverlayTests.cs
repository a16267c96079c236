// SPDX-License-Identifier: Apache-2.0
using System.IO;
using Moat.Abi;
using Moat.Vfs;
using Moat.Vfs.Paths;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>
/// What is particular to overlays: copy-up, whiteouts, merged directories; the lower layer stays untouched.
/// </summary>
public sealed class OverlayTests
{
    private static World Make() => new("overlay", directory =>
    {
        Directory.CreateDirectory(directory + "/dir/deep");
        File.WriteAllText(directory + "/dir/one", "one");
        File.WriteAllText(directory + "/dir/two", "two");
        File.WriteAllText(directory + "/dir/deep/three", "three");
        File.CreateSymbolicLink(directory + "/link", "dir/one");
    });

    [Fact]
    public void A_write_copies_up_and_keeps_the_numbers()
    {
        using World world = Make();
        InodeAttributes before = world.Stat("dir/deep/three").Value;
        Assert.Equal(Errno.Success, world.Write("dir/deep/three", "!", OpenFlags.Append));
        Assert.Equal("three!", world.Read("dir/deep/three"));
        InodeAttributes after = world.Stat("dir/deep/three").Value;
        Assert.Equal((before.DeviceId, before.InodeNumber), (after.DeviceId, after.InodeNumber));
        Assert.Equal("three", File.ReadAllText(world.HostDirectory + "/dir/deep/three"));
        Assert.Equal(["deep", "one", "two"], world.List("dir"));
    }

    [Fact]
    public void A_file_open_for_reading_keeps_the_lower_content()
    {
        using World world = Make();
        OpenFile file = world.Open("dir/one").Value;
        Assert.Equal(Errno.Success, world.Write("dir/one", "changed"));
        Assert.Equal("one", world.ReadAll(file));
        Assert.Equal(7, file.GetAttributes().Value.Size);
        file.Release();
        Assert.Equal("changed", world.Read("link"));
    }

    [Fact]
    public void Removed_names_stay_removed()
    {
        using World world = Make();
        Assert.Equal(Errno.Success, world.Unlink("dir/one"));
        Assert.Equal(Errno.ENOENT, world.OpenError("dir/one"));
        Assert.Equal(["deep", "two"], world.List("dir"));
        Assert.Equal(Errno.ENOTEMPTY, world.Rmdir("dir"));
        Assert.Equal(Errno.Success, world.Write("dir/one", "new"));
        Assert.Equal("new", world.Read("dir/one"));
        Assert.Equal("one", File.ReadAllText(world.HostDirectory + "/dir/one"));
    }

    [Fact]
    public void A_directory_made_again_is_opaque()
    {
        using World world = Make();
        foreach (string file in new[] { "dir/one", "dir/two", "dir/deep/three" })
        {
            Assert.Equal(Errno.Success, world.Unlink(file));
        }

        Assert.Equal(Errno.Success, world.Rmdir("dir/deep"));
        Assert.Equal(Errno.Success, world.Rmdir("dir"));
        Assert.Equal(["link"], world.List("/"));
        Assert.Equal(Errno.Success, world.Mkdir("dir"));
        Assert.Empty(world.List("dir"));
        Assert.Equal(Errno.ENOENT, world.OpenError("dir/one"));
    }

    [Fact]
    public void Lower_files_move_and_lower_directories_do_not()
    {
        using World world = Make();
        Assert.Equal(Errno.Success, world.Rename("dir/one", "moved"));
        Assert.Equal("one", world.Read("moved"));
        Assert.Equal(Errno.ENOENT, world.OpenError("dir/one"));
        Assert.Equal(Errno.EXDEV, world.Rename("dir", "other"));
        Assert.Equal(Errno.Success, world.Rename("moved", "dir/two"));
        Assert.Equal("one", world.Read("dir/two"));
        Assert.Equal(["deep", "two"], world.List("dir"));
    }

    [Fact]
    public void Attributes_of_a_lower_file_are_copied_and_changed()
    {
        using World world = Make();
        Location one = world.Find("dir/one");
        Assert.Equal(Errno.Success, AttributeOperations.ChangeOwner(world.Caller, one, 1234, 5678));
        Assert.Equal((1234u, 5678u), (world.Stat("dir/one").Value.Uid, world.Stat("dir/one").Value.Gid));
        Assert.Equal("one", world.Read("dir/one"));
    }

    [Fact]
    public void A_removed_lower_file_can_still_be_changed_through_an_open_file()
    {
        using World world = Make();
        OpenFile file = world.Open("dir/one").Value;
        Assert.Equal(Errno.Success, world.Unlink("dir/one"));
        Assert.Equal(0u, file.GetAttributes().Value.LinkCount);
        Assert.Equal(Errno.Success,
            AttributeOperations.ChangeMode(world.Caller, file.Location!.Value, 0x100));
        Assert.Equal(0x8100u, file.GetAttributes().Value.Mode);
        file.Release();
        Assert.Equal(Errno.ENOENT, world.OpenError("dir/one"));
    }
}
