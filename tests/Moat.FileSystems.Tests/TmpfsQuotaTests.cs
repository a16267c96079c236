// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Paths;
using Moat.Vfs.Quotas;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>Quotas of tmpfs: what is charged to whom, and which limits hold for whom.</summary>
public sealed class TmpfsQuotaTests : IDisposable
{
    private readonly World _world = new("tmpfs");

    public void Dispose() => _world.Dispose();

    private IQuotas Mount(string options)
    {
        FileSystemType type = TmpfsType.Create(
            _world.Vfs, new DescriptorBudget(10), 1 << 30, TmpfsBudget.Unlimited);
        FileSystem made = type.Create(_world.Caller, options).Value;
        Assert.Equal(Errno.Success, _world.Mkdir("m"));
        Assert.Equal(Errno.Success,
            MountNamespace.Attach(new Mount(made.Root, MountFlags.None, "t"), _world.Find("m")));
        Assert.Equal(Errno.Success, AttributeOperations.ChangeMode(_world.Caller, _world.Find("m"), 0x1ff));
        return made.GetQuotas()!;
    }

    [Fact]
    public void Space_and_inodes_are_the_owners()
    {
        IQuotas quotas = Mount("quota");
        Assert.Equal(1, quotas.Get(QuotaType.User, 0).Inodes);
        _world.Become(7);
        Assert.Equal(Errno.Success, _world.Write("m/a", new string('a', 5000)));
        Assert.Equal(Errno.Success, _world.Write("m/b", new string('b', 100_000)));
        Assert.Equal(Errno.Success, _world.Mkdir("m/d"));
        Assert.Equal((2 + 25) * 4096, quotas.Get(QuotaType.User, 7).Space);
        Assert.Equal(3, quotas.Get(QuotaType.Group, 7).Inodes);
        Assert.Equal(Errno.Success, _world.Write("m/b", "b", OpenFlags.Truncate));
        Assert.Equal(3 * 4096, quotas.Get(QuotaType.User, 7).Space);
        Assert.Equal(Errno.Success, _world.Unlink("m/a"));
        Assert.Equal(Errno.Success, _world.Unlink("m/b"));
        Assert.Equal(Errno.Success, _world.Rmdir("m/d"));
        Assert.Equal(default, quotas.Get(QuotaType.User, 7));
        Assert.Equal(Errno.ENOENT, quotas.Next(QuotaType.User, 1).Error);
        Assert.Equal(0u, quotas.Next(QuotaType.User, 0).Value);
    }

    [Fact]
    public void Hard_limits_hold_and_not_for_root()
    {
        IQuotas quotas = Mount("usrquota,usrquota_block_hardlimit=64k,usrquota_inode_hardlimit=2");
        Assert.Equal(64 * 1024, quotas.Get(QuotaType.User, 7).SpaceHard);
        Assert.Equal(0, quotas.Get(QuotaType.User, 0).SpaceHard);
        Assert.Equal(Errno.Success, _world.Write("m/root", new string('r', 200_000)));
        _world.Become(7);
        Assert.Equal(Errno.Success, _world.Write("m/a", new string('a', 200_000)));
        Assert.Equal(64 * 1024, _world.Stat("m/a").Value.Size);
        Assert.Equal(Errno.EDQUOT, _world.Write("m/a", "more", OpenFlags.Append));
        Assert.Equal(Errno.Success, _world.Write("m/a", new string('a', 100), OpenFlags.WriteOnly));
        Assert.Equal(Errno.EDQUOT, _world.Write("m/b", "b"));
        Assert.Equal(Errno.EDQUOT, _world.Mkdir("m/c"));
        Assert.Equal(2, quotas.Get(QuotaType.User, 7).Inodes);
        Assert.Equal(Errno.Success, quotas.Enforce(QuotaType.User, false));
        Assert.Equal(Errno.Success, _world.Mkdir("m/c"));
        Assert.Equal(Errno.Success, quotas.Enforce(QuotaType.User, true));
        Assert.Equal(Errno.EEXIST, quotas.Enforce(QuotaType.User, true));
        Assert.Equal(Errno.EDQUOT, _world.Mkdir("m/d"));
    }

    [Fact]
    public void A_change_of_owner_moves_the_charge()
    {
        IQuotas quotas = Mount("quota");
        Assert.Equal(Errno.Success, _world.Write("m/a", new string('a', 40_000)));
        long space = quotas.Get(QuotaType.User, 0).Space;
        Assert.Equal(Errno.Success, AttributeOperations.ChangeOwner(_world.Caller, _world.Find("m/a"), 7, 8));
        Assert.Equal((0, space), (quotas.Get(QuotaType.User, 0).Space, quotas.Get(QuotaType.User, 7).Space));
        Assert.Equal((1L, 1L), (quotas.Get(QuotaType.User, 0).Inodes, quotas.Get(QuotaType.Group, 8).Inodes));
        Assert.Equal(7u, quotas.Next(QuotaType.User, 1).Value);
    }

    [Fact]
    public void A_soft_limit_holds_when_its_time_is_over()
    {
        IQuotas quotas = Mount("usrquota");
        var limits = new QuotaFigures { SpaceSoft = 8192, SpaceHard = 1 << 20 };
        Assert.Equal(Errno.Success, quotas.Set(QuotaType.User, 7, QuotaChange.SpaceLimits, limits));
        _world.Become(7);
        Assert.Equal(Errno.Success, _world.Write("m/a", new string('a', 10_000)));
        Assert.NotEqual(0, quotas.Get(QuotaType.User, 7).SpaceTime);
        Assert.Equal(Errno.Success,
            quotas.Set(QuotaType.User, 7, QuotaChange.SpaceTime, new QuotaFigures { SpaceTime = 1 }));
        Assert.Equal(Errno.EDQUOT, _world.Write("m/b", new string('b', 100)));
        Assert.Equal(Errno.Success, _world.Write("m/a", "", OpenFlags.Truncate));
        Assert.Equal(0, quotas.Get(QuotaType.User, 7).SpaceTime);
        Assert.Equal(Errno.Success, _world.Write("m/b", new string('b', 100)));
    }

    [Theory]
    [InlineData("quota", "usrquota,grpquota")]
    [InlineData("usrquota,usrquota_block_hardlimit=1m", "usrquota,usrquota_block_hardlimit=1048576")]
    public void Options_are_shown(string options, string shown)
    {
        FileSystemType type = TmpfsType.Create(
            _world.Vfs, new DescriptorBudget(10), 1 << 30, TmpfsBudget.Unlimited);
        Assert.EndsWith(shown,
            type.Create(_world.Caller, options).Value.Options, StringComparison.Ordinal);
        Assert.Equal(Errno.EINVAL, type.Create(_world.Caller, "usrquota_block_hardlimit=x").Error);
        Assert.Equal(Errno.EINVAL, type.Create(_world.Caller, "quota=1").Error);
    }
}
