// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;
using Moat.Vfs.Mounting;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Mounts that only an open file holds.</summary>
public sealed class DetachedTreeTests
{
    [Fact]
    public void A_tree_goes_with_its_file()
    {
        using var world = new World("tmpfs");
        world.Mkdir("m");
        Mount copy = DetachedTrees.Clone(world.Namespace, world.Find("m"), recursive: true).Value;
        var file = new DetachedTreeFile(copy);
        Assert.True(copy.Namespace is { IsAnonymous: true });
        Assert.Same(copy, MountLists.Find(copy.Namespace!, copy.UniqueId));
        file.Release();
        Assert.Null(copy.Namespace);
    }

    [Fact]
    public void An_attached_tree_stays()
    {
        using var world = new World("tmpfs");
        world.Mkdir("m");
        world.Mkdir("n");
        Mount copy = DetachedTrees.Clone(world.Namespace, world.Find("m"), recursive: true).Value;
        var file = new DetachedTreeFile(copy);
        Assert.Equal(Errno.Success, MountMoves.Move(
            world.Namespace, world.Namespace.Root, copy.RootLocation, world.Find("n"), isBeneath: false));
        file.Release();
        Assert.Same(world.Namespace, copy.Namespace);
        Assert.Same(copy, world.Find("n").Mount);
    }

    [Fact]
    public void A_mount_goes_beneath_another()
    {
        using var world = new World("tmpfs");
        world.Mkdir("m");
        world.Mkdir("n");
        Mount upper = DetachedTrees.Clone(world.Namespace, world.Find("m"), recursive: true).Value;
        Mount lower = DetachedTrees.Clone(world.Namespace, world.Find("n"), recursive: true).Value;
        Location place = world.Find("m");
        Assert.Equal(Errno.Success, Move(upper, place, false));
        Assert.Equal(Errno.EINVAL, Move(lower, place, true));
        Assert.Equal(Errno.Success, Move(lower, world.Find("m"), true));
        Assert.Same(upper, world.Find("m").Mount);
        Assert.Same(lower, upper.Parent);

        Errno Move(Mount mount, Location to, bool isBeneath) => MountMoves.Move(
            world.Namespace, world.Namespace.Root, mount.RootLocation, to, isBeneath);
    }
}
