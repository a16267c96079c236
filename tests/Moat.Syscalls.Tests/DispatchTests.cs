// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Xunit;

namespace Moat.Syscalls.Tests;

/// <summary>Register decoding and the generated switch.</summary>
public class DispatchTests
{
    private const string Methods = """
        public static string Seen = "";
        public static string GetSeen() => Seen;

        [Syscall("read")]
        public static SysResult M(Task task, int a, uint b, long c, ulong d, Bits e, LongBits f)
        {
            Seen = $"{a} {b} {c} {d} {(uint)e} {(ulong)f}";
            return 7L;
        }

        [Syscall("openat")]
        public static SysResult P(Task task, GuestPtr<int> p, GuestString s, GuestBuffer b, Choice c)
        {
            Seen = $"{p.Address:x} {s.Address:x} {b.Address:x} {(int)c}";
            return Errno.ENOENT;
        }

        [Syscall("getpid")]
        internal static SysResult N(Task task) => 42;
        """;

    private static readonly GeneratedCode s_code = new(Methods);

    [Fact]
    public void NarrowParametersTakeTheLowHalf()
    {
        const ulong Register = 0xdeadbeef_fffffffe;
        Assert.Equal(7, s_code.Invoke(0, Register, Register, Register, Register, Register, Register).Raw);
        Assert.Equal(
            "-2 4294967294 -2401053088317177858 16045690985392373758 4294967294 16045690985392373758",
            s_code.Handler("GetSeen"));
    }

    [Fact]
    public void PointersKeepAllBits()
    {
        Assert.Equal(Errno.ENOENT,
            s_code.Invoke(257, ulong.MaxValue, 0x1000, 0x7fff_ffff_f000, 0xffff_ffff_0000_0003).Error);
        Assert.Equal("ffffffffffffffff 1000 7ffffffff000 3", s_code.Handler("GetSeen"));
    }

    [Fact]
    public void NoParameters() => Assert.Equal(42, s_code.Invoke(39).Raw);

    [Theory]
    [InlineData(1)]
    [InlineData(335)]
    [InlineData(1000)]
    [InlineData(0x40000000)]
    [InlineData(uint.MaxValue)]
    public void UnknownNumbersAnswerEnosys(uint number)
    {
        Assert.Equal(Errno.ENOSYS, s_code.Invoke(number).Error);
        Assert.False(s_code.IsImplemented(number));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(257)]
    public void ImplementedNumbersAreKnown(uint number) => Assert.True(s_code.IsImplemented(number));
}
