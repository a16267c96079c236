// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Capabilities;
using Moat.Kernel.Identity;
using Moat.Vfs;
using Xunit;

namespace Moat.Kernel.Tests.Identity;

/// <summary>credentials(7) and capabilities(7), rule by rule.</summary>
public sealed class CredentialTests
{
    private const uint Same = UserRules.Unchanged;
    private const ulong All = Credentials.AllCapabilities;
    private static readonly Credentials s_root = Credentials.For(0, 0, [], All);
    private static readonly Credentials s_user = Credentials.For(1000, 1000, [4, 24], All);

    [Fact]
    public void Root_that_sets_its_uid_loses_every_capability()
    {
        Credentials after = UserRules.SetUid(s_root, 1000).Value;
        Assert.Equal((1000u, 1000u, 1000u, 1000u),
            (after.Uid, after.EffectiveUid, after.SavedUid, after.FsUid));
        Assert.Equal((0ul, 0ul), (after.Permitted, after.Effective));
        Assert.Equal(All, after.Bounding);
    }

    [Fact]
    public void A_saved_root_keeps_permitted_capabilities_and_gets_effective_ones_back()
    {
        Credentials away = UserRules.SetAll(s_root, Same, 1000, Same).Value;
        Assert.Equal((All, 0ul), (away.Permitted, away.Effective));
        Credentials back = UserRules.SetAll(away, Same, 0, Same).Value;
        Assert.Equal(All, back.Effective);
    }

    [Fact]
    public void Keep_capabilities_keeps_the_permitted_ones_only()
    {
        Credentials keeping = CapabilityRules.SetKeepCapabilities(s_root, 1).Value;
        Credentials after = UserRules.SetUid(keeping, 1000).Value;
        Assert.Equal((All, 0ul), (after.Permitted, after.Effective));
    }

    [Fact]
    public void A_user_may_only_swap_among_its_own_ids()
    {
        Assert.Equal(Errno.EPERM, UserRules.SetUid(s_user, 0).Error);
        Assert.Equal(Errno.EPERM, UserRules.SetRealEffective(s_user, Same, 1001).Error);
        Assert.Equal(Errno.EPERM, UserRules.SetAll(s_user, Same, Same, 1).Error);
        Assert.Equal(Errno.EINVAL, UserRules.SetUid(s_user, Same).Error);
        Assert.True(UserRules.SetAll(s_user, 1000, 1000, 1000).IsOk);
        Assert.Same(s_user, UserRules.SetFileSystem(s_user, 0));
    }

    [Fact]
    public void Setreuid_saves_the_new_effective_id_when_the_real_one_is_given()
    {
        Credentials mixed = s_root with { EffectiveUid = 1000 };
        Credentials after = UserRules.SetRealEffective(mixed, 1000, 0).Value;
        Assert.Equal((1000u, 0u, 0u), (after.Uid, after.EffectiveUid, after.SavedUid));
    }

    [Fact]
    public void Setfsuid_moves_only_the_file_capabilities()
    {
        Credentials away = UserRules.SetFileSystem(s_root, 1000);
        Assert.False(away.Has(Capability.Chown));
        Assert.True(away.Has(Capability.NetAdmin));
        Assert.Equal(All, UserRules.SetFileSystem(away, 0).Effective);
    }

    [Fact]
    public void Capset_can_only_shrink()
    {
        Credentials less = CapabilityRules.Set(s_root, 1, 3, 0).Value;
        Assert.Equal((1ul, 3ul), (less.Effective, less.Permitted));
        Assert.Equal(Errno.EPERM, CapabilityRules.Set(less, 1, 7, 0).Error);
        Assert.Equal(Errno.EPERM, CapabilityRules.Set(less, 4, 3, 0).Error);
        Assert.Equal(Errno.EPERM, CapabilityRules.Set(less, 0, 3, 8).Error);
    }

    [Fact]
    public void Ambient_capabilities_need_permission_and_inheritance()
    {
        Assert.Equal(Errno.EPERM, CapabilityRules.RaiseAmbient(s_root, 1).Error);
        Credentials inheriting = CapabilityRules.Set(s_root, All, All, 2).Value;
        Credentials raised = CapabilityRules.RaiseAmbient(inheriting, 1).Value;
        Assert.Equal(2ul, raised.Ambient);
        Assert.Equal(0ul, CapabilityRules.Set(raised, 0, All & ~2ul, 2).Value.Ambient);
    }

    [Fact]
    public void Locked_secure_bits_stay()
    {
        ulong bits = (ulong)(SecureBits.NoRoot | SecureBits.NoRootLocked);
        Credentials locked = CapabilityRules.SetSecureBits(s_root, bits).Value;
        Assert.Equal(Errno.EPERM, CapabilityRules.SetSecureBits(locked, 0).Error);
        Assert.Equal(Errno.EPERM,
            CapabilityRules.SetSecureBits(locked, (ulong)SecureBits.NoRootLocked).Error);
        Assert.Equal(Errno.EPERM, CapabilityRules.SetSecureBits(s_user, bits).Error);
    }

    [Fact]
    public void A_set_user_id_root_program_gives_root()
    {
        var file = new ExecutableIdentity(0, 0, 0x9ed, false);
        ExecCredentials after = ExecCredentials.ForExec(s_user, in file, sharesFs: false);
        Assert.Equal((1000u, 0u, 0u, 0u), (after.Credentials.Uid, after.Credentials.EffectiveUid,
            after.Credentials.SavedUid, after.Credentials.FsUid));
        Assert.Equal(All, after.Credentials.Effective);
        Assert.True(after.IsSecure);
        Assert.False(after.IsDumpable);
    }

    [Fact]
    public void A_root_directory_that_another_may_change_gives_no_privileges()
    {
        var file = new ExecutableIdentity(0, 0, 0x9ed, false);
        ExecCredentials after = ExecCredentials.ForExec(s_user, in file, sharesFs: true);
        Assert.Equal((1000u, 0ul), (after.Credentials.EffectiveUid, after.Credentials.Permitted));
    }

    [Fact]
    public void No_new_privileges_means_none()
    {
        var file = new ExecutableIdentity(0, 0, 0x9ed, false);
        Credentials bound = s_user with { NoNewPrivileges = true };
        ExecCredentials after = ExecCredentials.ForExec(bound, in file, sharesFs: false);
        Assert.Equal((1000u, 0ul), (after.Credentials.EffectiveUid, after.Credentials.Permitted));
        Assert.False(after.IsSecure);
        Assert.True(after.IsDumpable);
    }

    [Fact]
    public void An_ordinary_program_leaves_a_user_with_its_ambient_capabilities()
    {
        var file = new ExecutableIdentity(0, 0, 0x1ed, false);
        Credentials with = s_user with { Permitted = 6, Effective = 6, Inheritable = 2, Ambient = 2 };
        ExecCredentials after = ExecCredentials.ForExec(with, in file, sharesFs: false);
        Assert.Equal((2ul, 2ul, 2ul), (after.Credentials.Permitted, after.Credentials.Effective,
            after.Credentials.Ambient));
        Assert.False(after.IsSecure);
    }

    [Fact]
    public void Root_gets_what_the_bounding_set_allows()
    {
        var file = new ExecutableIdentity(0, 0, 0x1ed, false);
        Credentials bounded = s_root with { Bounding = 0xff };
        ExecCredentials after = ExecCredentials.ForExec(bounded, in file, sharesFs: false);
        Assert.Equal((0xfful, 0xfful), (after.Credentials.Permitted, after.Credentials.Effective));
        Assert.False(after.IsSecure);
    }
}
