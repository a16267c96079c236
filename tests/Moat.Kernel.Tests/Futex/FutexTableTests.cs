// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Kernel.Futex;
using Xunit;

namespace Moat.Kernel.Tests.Futex;

/// <summary>The futex table alone, with threads as waiters.</summary>
public sealed class FutexTableTests
{
    private static readonly object s_space = new();

    [Fact]
    public void A_wake_takes_waiters_in_order_and_says_how_many()
    {
        var table = new FutexTable();
        TestWaiter[] waiters = AddMany(table, Key(4), 5);
        Assert.Equal(2, table.Wake(Key(4), 2, FutexTable.AnyBit));
        Assert.True(waiters[0].IsWoken && waiters[1].IsWoken && !waiters[2].IsWoken);
        Assert.Equal(3, table.Wake(Key(4), int.MaxValue, FutexTable.AnyBit));
        Assert.Equal(0, table.Wake(Key(4), int.MaxValue, FutexTable.AnyBit));
    }

    [Fact]
    public void Keys_differ_by_owner_and_offset()
    {
        var table = new FutexTable();
        AddMany(table, Key(4), 1);
        Assert.Equal(0, table.Wake(Key(8), 1, FutexTable.AnyBit));
        Assert.Equal(0, table.Wake(new FutexKey(new object(), 4), 1, FutexTable.AnyBit));
        Assert.Equal(1, table.Wake(Key(4), 1, FutexTable.AnyBit));
    }

    [Fact]
    public void A_bitset_selects()
    {
        var table = new FutexTable();
        var waiter = new TestWaiter();
        table.Add(waiter, Key(4), 0b0110);
        Assert.Equal(0, table.Wake(Key(4), 1, 0b1001));
        Assert.Equal(1, table.Wake(Key(4), 1, 0b0100));
    }

    [Fact]
    public void A_removed_waiter_is_not_woken_and_a_woken_one_cannot_be_removed()
    {
        var table = new FutexTable();
        TestWaiter[] waiters = AddMany(table, Key(4), 2);
        Assert.True(table.Remove(waiters[0]));
        Assert.Equal(1, table.Wake(Key(4), 10, FutexTable.AnyBit));
        Assert.False(table.Remove(waiters[1]));
        Assert.False(waiters[0].IsWoken);
    }

    [Fact]
    public void A_cancelled_waiter_passes_its_wake_on()
    {
        var table = new FutexTable();
        TestWaiter[] waiters = AddMany(table, Key(4), 2);
        table.Wake(Key(4), 1, FutexTable.AnyBit);
        table.Cancel(waiters[0]);
        Assert.True(waiters[1].IsWoken);
    }

    [Theory]
    [InlineData(1, 10, 5)]
    [InlineData(0, 2, 2)]
    [InlineData(5, 0, 5)]
    [InlineData(0, 0, 0)]
    [InlineData(int.MaxValue, int.MaxValue, 5)]
    public void A_requeue_wakes_some_and_moves_others(int wake, int move, int expected)
    {
        var table = new FutexTable();
        TestWaiter[] waiters = AddMany(table, Key(4), 5);
        Assert.Equal(expected, table.Requeue(Key(4), Key(800), wake, move, null));
        int woken = Math.Min(wake, 5);
        Assert.Equal(woken, Array.FindAll(waiters, w => w.IsWoken).Length);
        Assert.Equal(expected - woken, table.Wake(Key(800), int.MaxValue, FutexTable.AnyBit));
        Assert.Equal(5 - expected, table.Wake(Key(4), int.MaxValue, FutexTable.AnyBit));
    }

    [Fact]
    public void A_requeue_onto_itself_ends()
    {
        var table = new FutexTable();
        AddMany(table, Key(4), 5);
        Assert.Equal(5, table.Requeue(Key(4), Key(4), 1, int.MaxValue, null));
        Assert.Equal(4, table.Wake(Key(4), int.MaxValue, FutexTable.AnyBit));
    }

    [Fact]
    public void A_stale_mark_stops_a_requeue()
    {
        var table = new FutexTable();
        uint mark = table.Mark(Key(4));
        AddMany(table, Key(4), 1);
        Assert.Equal(-1, table.Requeue(Key(4), Key(8), 1, 1, mark));
        Assert.Equal(1, table.Requeue(Key(4), Key(8), 1, 1, table.Mark(Key(4))));
    }

    [Fact]
    public void A_lock_made_of_a_word_and_the_table_loses_no_wake()
    {
        // Drepper's mutex2 (Futexes Are Tricky): 0 free, 1 taken, 2 taken with waiters; some waits give up
        // early.
        var table = new FutexTable();
        int word = 0;
        int counter = 0;
        var threads = new Thread[6];
        for (int i = 0; i < threads.Length; i++)
        {
            int seed = i;
            threads[i] = new Thread(() =>
            {
                var waiter = new TestWaiter();
                var random = new Random(seed);
                for (int round = 0; round < 20_000; round++)
                {
                    Lock(table, ref word, waiter, random);
                    counter++;
                    if (Interlocked.Decrement(ref word) != 0)
                    {
                        Volatile.Write(ref word, 0);
                        table.Wake(Key(4), 1, FutexTable.AnyBit);
                    }
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            Assert.True(thread.Join(60_000), "a wake was lost");
        }

        Assert.Equal(6 * 20_000, counter);
    }

    [Fact]
    public void Waiters_survive_being_moved_back_and_forth_while_they_time_out()
    {
        var table = new FutexTable();
        bool stop = false;
        var mover = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                table.Requeue(Key(4), Key(8), 0, 3, null);
                table.Requeue(Key(8), Key(4), 0, 3, null);
                table.Wake(Key(8), 1, FutexTable.AnyBit);
            }
        });
        mover.Start();
        var sleepers = new Thread[4];
        for (int i = 0; i < sleepers.Length; i++)
        {
            sleepers[i] = new Thread(() =>
            {
                var waiter = new TestWaiter();
                for (int round = 0; round < 500; round++)
                {
                    table.Add(waiter, Key(4), FutexTable.AnyBit);
                    if (!waiter.Sleep(round % 2))
                    {
                        table.Remove(waiter);
                    }
                }
            });
            sleepers[i].Start();
        }

        foreach (Thread thread in sleepers)
        {
            Assert.True(thread.Join(60_000), "stuck");
        }

        Volatile.Write(ref stop, true);
        mover.Join();
        Assert.Equal(0, table.Wake(Key(4), 100, FutexTable.AnyBit).Value);
        Assert.Equal(0, table.Wake(Key(8), 100, FutexTable.AnyBit).Value);
    }

    private static void Lock(FutexTable table, ref int word, TestWaiter waiter, Random random)
    {
        int seen = Interlocked.CompareExchange(ref word, 1, 0);
        while (seen != 0)
        {
            if (seen == 2 || Interlocked.CompareExchange(ref word, 2, 1) != 0)
            {
                table.Add(waiter, Key(4), FutexTable.AnyBit);
                if (Volatile.Read(ref word) != 2)
                {
                    table.Cancel(waiter);
                }
                else if (!waiter.Sleep(random.Next(50) == 0 ? 0 : 30_000))
                {
                    table.Remove(waiter);
                }
            }

            seen = Interlocked.CompareExchange(ref word, 2, 0);
        }
    }

    private static TestWaiter[] AddMany(FutexTable table, FutexKey key, int count)
    {
        var waiters = new TestWaiter[count];
        for (int i = 0; i < count; i++)
        {
            waiters[i] = new TestWaiter();
            table.Add(waiters[i], in key, FutexTable.AnyBit);
        }

        return waiters;
    }

    private static FutexKey Key(ulong offset) => new(s_space, offset);
}
