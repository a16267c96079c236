// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Xunit;

namespace Moat.Syscalls.Tests;

/// <summary>Calls and results print as strace prints them.</summary>
public class StraceTests
{
    private const string Methods = """
        [Syscall("openat")]
        public static SysResult OpenAt(Task task, int dirfd, GuestString path, Bits flags, uint mode) => 0;

        [Syscall("open")]
        public static SysResult Open(Task task, GuestString path, OpenFlags flags) => 0;

        [Syscall("ioctl")]
        public static SysResult Mixed(
            Task task, Choice choice, GuestBuffer buffer, long off, ulong address, ulong n, LongBits bits)
            => 0;
        """;

    private static readonly GeneratedCode s_code = new(Methods);

    [Theory]
    [InlineData("/etc/passwd", "\"/etc/passwd\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c\n\t\r\v\f", "\"a\\\"b\\\\c\\n\\t\\r\\v\\f\"")]
    [InlineData("\u0001x\u00015", "\"\\1x\\0015\"")]
    [InlineData("\u00e9", "\"\\303\\251\"")]
    public void StringsAreEscaped(string text, string expected)
    {
        var memory = new FakeMemory(0x1000, Encoding.UTF8.GetBytes(text + "\0"));
        Assert.Equal(
            $"openat(AT_FDCWD, {expected}, A, 0644)",
            s_code.Entry(memory, 257, unchecked((ulong)-100), 0x1000, 1, 0x1a4));
    }

    [Fact]
    public void LongStringsAreCut()
    {
        var memory = new FakeMemory(0x1000, Encoding.ASCII.GetBytes(new string('x', 200) + "\0"));
        Assert.Equal($"openat(3, \"{new string('x', 64)}\"..., 0, 000)",
            s_code.Entry(memory, 257, 3, 0x1000));
    }

    [Theory]
    [InlineData(0UL, "NULL")]
    [InlineData(0x5000UL, "0x5000")]
    [InlineData(ulong.MaxValue, "0xffffffffffffffff")]
    public void UnreadableStringsPrintTheirAddress(ulong address, string expected)
    {
        var memory = new FakeMemory(0x1000, [1]);
        Assert.Equal($"openat(3, {expected}, 0, 000)", s_code.Entry(memory, 257, 3, address));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(3, "A|B")]
    [InlineData(0x31, "Wide|A")]
    [InlineData(0x1c, "0x1c")]
    [InlineData(0x80000005, "A|Top|0x4")]
    public void Flags(ulong value, string expected) =>
        Assert.Equal($"openat(3, NULL, {expected}, 0777)",
            s_code.Entry(new FakeMemory(0, []), 257, 3, 0, value, 0x1ff));

    [Theory]
    [InlineData(0, "O_RDONLY")]
    [InlineData(0x80000, "O_RDONLY|O_CLOEXEC")]
    [InlineData(0x241, "O_WRONLY|O_CREAT|O_TRUNC")]
    public void OpenFlagsSayTheAccessMode(ulong value, string expected) =>
        Assert.Equal($"open(NULL, {expected})", s_code.Entry(new FakeMemory(0, []), 2, 0, value));

    [Fact]
    public void EachKindPrintsItsWay() =>
        Assert.Equal(
            "ioctl(Three, 0x10, -1, 0x20, 33, Low|High)",
            s_code.Entry(new FakeMemory(0, []), 16, 3, 0x10, ulong.MaxValue, 0x20, 33, 0x8000000000000001));

    [Fact]
    public void UnnamedChoicePrintsItsNumber() =>
        Assert.StartsWith("ioctl(0x9, ", s_code.Entry(new FakeMemory(0, []), 16, 9));

    [Fact]
    public void CallsWithoutHandlerPrintRegisters()
    {
        var memory = new FakeMemory(0, []);
        Assert.Equal("mount(0x1, 0x2, 0x3, 0x4, 0x5, 0x6)", s_code.Entry(memory, 165, 1, 2, 3, 4, 5, 6));
        Assert.Equal("syscall_0x3e8(0x0, 0x0, 0x0, 0x0, 0x0, 0x0)", s_code.Entry(memory, 1000));
        Assert.Equal("syscall_0xffffffff(0x0, 0x0, 0x0, 0x0, 0x0, 0x0)", s_code.Entry(memory, uint.MaxValue));
    }

    [Fact]
    public void Results()
    {
        Assert.Equal(" = 3", s_code.Result(257, 3));
        Assert.Equal(" = -1 ENOENT (No such file or directory)", s_code.Result(257, Errno.ENOENT));
        Assert.Equal(" = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
            s_code.Result(0, Errno.ERESTARTSYS));
        Assert.Equal(" = 0x7f0000000000", s_code.Result(9, new SysResult(0x7f0000000000)));
        Assert.Equal(" = 0x1000", s_code.Result(12, new SysResult(0x1000)));
        Assert.Equal(" = -1 ENOMEM (Cannot allocate memory)", s_code.Result(9, Errno.ENOMEM));
        Assert.Equal(" = -4096", s_code.Result(8, new SysResult(-4096)));
    }
}
