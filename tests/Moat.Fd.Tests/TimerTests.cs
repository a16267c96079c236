// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Time;
using Moat.Vfs;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>The timer queue and timerfd.</summary>
public sealed class TimerTests
{
    [Fact]
    public void Timers_expire_in_order_and_cancelled_ones_do_not()
    {
        var queue = new TimerQueue();
        var order = new List<int>();
        using var done = new ManualResetEventSlim();
        long now = Clock.MonotonicNs();
        var random = new Random(3);
        var timers = new Recorder[200];
        for (int i = 0; i < timers.Length; i++)
        {
            timers[i] = new Recorder(order, i, done);
        }

        int[] shuffled = new int[200];
        for (int i = 0; i < 200; i++)
        {
            shuffled[i] = i;
        }

        random.Shuffle(shuffled);
        foreach (int i in shuffled)
        {
            queue.Arm(timers[i], now + 1_000_000_000 + (i * 100_000L));
        }

        for (int i = 0; i < 200; i += 2)
        {
            Assert.True(queue.Cancel(timers[i]));
        }

        Assert.True(done.Wait(5000));
        Assert.Equal(100, order.Count);
        for (int i = 0; i < order.Count; i++)
        {
            Assert.Equal((2 * i) + 1, order[i]);
        }
    }

    [Fact]
    public void A_timer_file_counts_its_expirations()
    {
        var caller = new FakeCaller();
        var file = new TimerFile(caller, new TimerQueue(), ClockId.Monotonic, nonBlocking: true);
        Assert.Equal(Errno.EAGAIN, file.Read(caller, new byte[8]).Error);
        var time = new TimeNamespace();
        file.Set(false, new IntervalTimespec(new Timespec(0, 5_000_000), new Timespec(0, 5_000_000)), time);
        Thread.Sleep(32);
        byte[] count = new byte[8];
        Assert.Equal(8, file.Read(caller, count).Value);
        Assert.True(BitConverter.ToUInt64(count) >= 6);
        Assert.Equal(new Timespec(0, 5_000_000), file.Get().Interval);
        file.Set(false, default, time);
        Assert.Equal(PollEvents.None, file.Poll(caller));
        file.Release();
    }

    private sealed class Recorder(List<int> order, int number, ManualResetEventSlim done) : KernelTimer
    {
        protected override void Expire()
        {
            order.Add(number);
            if (number == 199)
            {
                done.Set();
            }
        }
    }
}
