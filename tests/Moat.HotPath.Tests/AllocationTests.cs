// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Testing;
using Xunit;

namespace Moat.HotPath.Tests;

/// <summary>
/// The gate for garbage: what hot calls, and calls that fail, allocate in the kernel. A guest must not be
/// able to buy garbage collections by failing calls.
/// </summary>
public sealed class AllocationTests
{
    private const int Times = 20_000;

    // What the first calls may take for good: scratch buffers, dentries, tables that grow. Spread over all
    // calls it is less than the smallest object.
    private const long WarmUp = 192 * 1024;

    [Theory]
    [InlineData("getppid")]
    [InlineData("sched_yield")]
    [InlineData("read")]
    [InlineData("readv")]
    [InlineData("write")]
    [InlineData("pread")]
    [InlineData("pread-small")]
    [InlineData("pread-64k")]
    [InlineData("pread-lower")]
    [InlineData("pwrite")]
    [InlineData("pwrite-small")]
    [InlineData("pwrite-64k")]
    [InlineData("lseek")]
    [InlineData("fstat")]
    [InlineData("fstat-lower")]
    [InlineData("stat")]
    [InlineData("stat-lower")]
    [InlineData("lstat-up")]
    [InlineData("statx")]
    [InlineData("access")]
    [InlineData("getdents")]
    [InlineData("pipe")]
    [InlineData("send")]
    [InlineData("send-datagram")]
    [InlineData("sendmsg")]
    [InlineData("eventfd")]
    [InlineData("epoll_wait")]
    [InlineData("epoll_ctl")]
    [InlineData("poll")]
    [InlineData("select")]
    [InlineData("futex-wake")]
    [InlineData("futex-wait")]
    [InlineData("futex-pair")]
    [InlineData("clock_nanosleep")]
    [InlineData("clock_gettime")]
    [InlineData("kill")]
    [InlineData("rt_sigprocmask")]
    [InlineData("dup")]
    [InlineData("fcntl")]
    public void A_hot_call_allocates_nothing(string operation) => Check(operation, 0);

    [Theory]
    [InlineData("no-entry")]
    [InlineData("no-entry-tmp")]
    [InlineData("no-open")]
    [InlineData("no-directory")]
    [InlineData("no-exclusive")]
    [InlineData("no-unlink")]
    [InlineData("no-mkdir")]
    [InlineData("no-rename")]
    [InlineData("no-link")]
    [InlineData("no-name")]
    [InlineData("no-fd")]
    [InlineData("no-data")]
    [InlineData("no-message")]
    [InlineData("no-memory")]
    [InlineData("no-path")]
    [InlineData("no-result")]
    [InlineData("no-ioctl")]
    [InlineData("no-call")]
    [InlineData("no-process")]
    [InlineData("no-seek")]
    [InlineData("no-child")]
    [InlineData("no-event")]
    [InlineData("no-wait")]
    public void A_failing_call_allocates_nothing(string operation) => Check(operation, 0);

    /// <summary>What makes a new object in the kernel has a price, which is not to rise unnoticed.</summary>
    [Theory]
    [InlineData("open", 200)]
    [InlineData("open-lower", 300)]
    [InlineData("create", 800)]
    [InlineData("getdents-lower", 200)]
    [InlineData("readlink", 1300)]
    public void A_call_that_makes_an_object_stays_cheap(string operation, int bytes) =>
        Check(operation, bytes);

    private static void Check(string operation, int bytesPerCall)
    {
        string program = GuestProgram.Find("hotpath", "hotpath").Build("static");
        string directory = TestArea.NewPath("cwd");
        TestArea.MakeFresh(directory, Identity.Root);
        CommandResult result = Sandbox.Do(
            Identity.Root, [program, operation, Times.ToString(CultureInfo.InvariantCulture)], directory,
            TimeSpan.FromSeconds(60), "--cwd", "/tmp", "--stats").Run();
        TestArea.Remove(directory);
        Assert.True(result.ExitCode == 0, result.Transcript());
        bool found = false;
        foreach (StatisticsRow row in StatisticsRow.Parse(result.Error))
        {
            if (row.Count >= Times / 2)
            {
                found = true;
                long allowed = WarmUp + (row.Count * bytesPerCall);
                Assert.True(row.Bytes <= allowed, $"{row}: more than {allowed} bytes\n{result.Error}");
            }
        }
        Assert.True(found, result.Transcript());
    }
}
