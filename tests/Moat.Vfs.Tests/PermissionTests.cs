// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs.Paths;
using Xunit;

namespace Moat.Vfs.Tests;

/// <summary>Mode bits and capabilities (path_resolution(7), capabilities(7)).</summary>
public sealed class PermissionTests
{
    private const uint Regular = (uint)FileType.Regular;
    private const uint Directory = (uint)FileType.Directory;

    [Theory]
    [InlineData(0x1c0, Access.Read | Access.Write | Access.Execute, Errno.Success)]
    [InlineData(0x038, Access.Read, Errno.EACCES)]
    [InlineData(0x007, Access.Read, Errno.EACCES)]
    public void The_owners_bits_alone_count_for_the_owner(uint mode, Access access, Errno expected) =>
        Assert.Equal(expected, Check(User(1000, 1000), Regular | mode, access));

    [Theory]
    [InlineData(0x038, Access.Read, Errno.Success)]
    [InlineData(0x1c7, Access.Read, Errno.EACCES)]
    public void The_groups_bits_alone_count_for_its_members(uint mode, Access access, Errno expected) =>
        Assert.Equal(expected, Check(User(2000, 3000, 1000), Regular | mode, access));

    [Fact]
    public void Capabilities_override()
    {
        Credentials root = Credentials.For(0, 0, [], Credentials.AllCapabilities);
        Assert.Equal(Errno.Success, Check(root, Regular, Access.Read | Access.Write));
        Assert.Equal(Errno.EACCES, Check(root, Regular | 0x1b6, Access.Execute));
        Assert.Equal(Errno.Success, Check(root, Regular | 0x001, Access.Execute));
        Assert.Equal(Errno.Success, Check(root, Directory, Access.Execute | Access.Write));
        Credentials reader = User(5, 5) with { Effective = 1UL << (int)Capability.DacReadSearch };
        Assert.Equal(Errno.Success, Check(reader, Regular, Access.Read));
        Assert.Equal(Errno.Success, Check(reader, Directory, Access.Read | Access.Execute));
        Assert.Equal(Errno.EACCES, Check(reader, Regular, Access.Read | Access.Write));
    }

    private static Credentials User(uint uid, uint gid, params uint[] groups) =>
        Credentials.For(uid, gid, groups, 0);

    private static Errno Check(Credentials credentials, uint mode, Access access) =>
        Permissions.Check(credentials, new InodeOwnership(mode, 1000, 1000), access);
}
