// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Instances of tmpfs share what a sandbox may hold, and give it back when they are gone.</summary>
public sealed class TmpfsBudgetTests : IDisposable
{
    private readonly World _world = new("tmpfs");
    private readonly PagePool _pages = new();

    public void Dispose() => _world.Dispose();

    private TmpfsFileSystem Make(TmpfsBudget budget) =>
        new(_world.Vfs, new TmpfsOptions { Budget = budget, Pages = _pages });

    private Errno Fill(TmpfsFileSystem files, string name, int bytes)
    {
        Result<Inode> made = files.Root.Inode.Create(
            _world.Caller, World.Bytes(name), new InodeCreation { Mode = 0x81a4 });
        if (!made.IsOk)
        {
            return made.Error;
        }

        var location = new Location(new Mount(files.Root, MountFlags.None, "t"), files.Root);
        OpenFile file = made.Value.Open(_world.Caller, location, OpenFlags.WriteOnly).Value;
        Result<int> written = file.WriteAt(_world.Caller, new byte[bytes], 0);
        file.Release();
        return written.IsOk && written.Value < bytes ? Errno.ENOSPC : written.Error;
    }

    private void Remove(TmpfsFileSystem files)
    {
        Inode root = files.Root.Inode;
        Assert.Equal(Errno.Success,
            root.Unlink(_world.Caller, "a"u8, root.Lookup(_world.Caller, "a"u8).Value));
    }

    [Fact]
    public void Pages_of_all_instances_count()
    {
        var budget = new TmpfsBudget(maximumPages: 1000, maximumInodeSpace: 1 << 20);
        TmpfsFileSystem first = Make(budget);
        TmpfsFileSystem second = Make(budget);
        Assert.Equal(Errno.Success, Fill(first, "a", 600 * 4096));
        Assert.Equal(Errno.ENOSPC, Fill(second, "a", 600 * 4096));
        Remove(first);
        Remove(second);
        Assert.Equal(Errno.Success, Fill(second, "b", 800 * 4096));
    }

    [Fact]
    public void Inodes_and_attributes_of_all_instances_count()
    {
        var budget = new TmpfsBudget(maximumPages: 1000, maximumInodeSpace: 10 * 1024);
        TmpfsFileSystem first = Make(budget);
        TmpfsFileSystem second = Make(budget);
        Assert.Equal(Errno.Success, first.Root.Inode.SetExtendedAttribute(
            _world.Caller, "user.a"u8, new byte[5 * 1024], 0));
        Assert.Equal(Errno.Success, Fill(second, "a", 0));
        Assert.Equal(Errno.Success, Fill(second, "b", 0));
        Assert.Equal(Errno.ENOSPC, Fill(second, "c", 0));
        Assert.Equal(Errno.Success, first.Root.Inode.RemoveExtendedAttribute(_world.Caller, "user.a"u8));
        Assert.Equal(Errno.Success, Fill(second, "c", 0));
    }

    [Fact]
    public void An_instance_that_nobody_sees_gives_its_memory_back()
    {
        var budget = new TmpfsBudget(maximumPages: 1000, maximumInodeSpace: 1 << 20);
        Assert.Equal(Errno.Success, FillAndForget(budget));
        for (int i = 0; i < 100 && Fill(Make(budget), "a", 900 * 4096) != Errno.Success; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.True(i < 99, "memory did not come back");
        }
    }

    // Apart, so that no local keeps it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Errno FillAndForget(TmpfsBudget budget) => Fill(Make(budget), "a", 900 * 4096);
}
