// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Pipes;
using Moat.Kernel;
using Moat.Kernel.Blocking;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>Reads and writes that wait: wake-ups, deadlines, interruptions.</summary>
public sealed class BlockingTests
{
    private readonly Task _task =
        new(1, new ThreadGroup(new LinuxKernel { Stubs = null!, Syscalls = null! }, 1, new SignalHandlers()));

    [Fact]
    public void A_blocked_read_goes_on_when_bytes_arrive()
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_task, 0);
        var writer = new Thread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                write.Write(_task, "abc"u8);
                Thread.Yield();
            }

            write.Release();
        });
        writer.Start();
        int total = 0;
        while (true)
        {
            var operation = new ReadSome(read);
            Result<long> result = BlockingIo.Run(_task, read, PollEvents.Readable, ref operation);
            Assert.True(result.IsOk);
            if (result.Value == 0)
            {
                break;
            }

            total += (int)result.Value;
        }

        writer.Join();
        Assert.Equal(3000, total);
    }

    [Fact]
    public void An_interrupt_ends_the_wait_with_a_restart_code()
    {
        (PipeFile read, _) = PipeFile.CreatePair(_task, 0);
        var signaller = new Thread(() =>
        {
            Thread.Sleep(20);
            _task.Interrupt();
        });
        signaller.Start();
        var operation = new ReadSome(read);
        Assert.Equal(Errno.ERESTARTSYS,
            BlockingIo.Run(_task, read, PollEvents.Readable, ref operation).Error);
        signaller.Join();
        Assert.True(read.WaitQueue.IsEmpty);
    }

    [Fact]
    public void Nothing_waits_on_a_non_blocking_file_or_after_a_deadline()
    {
        (PipeFile read, _) = PipeFile.CreatePair(_task, OpenFlags.NonBlock);
        var operation = new ReadSome(read);
        Assert.Equal(Errno.EAGAIN, BlockingIo.Run(_task, read, PollEvents.Readable, ref operation).Error);
        Deadline soon = Deadline.After(10_000_000);
        Result<long> late = BlockingIo.Run(_task, read.WaitQueue, PollEvents.Readable, ref operation, soon);
        Assert.Equal(Errno.EAGAIN, late.Error);
    }

    private struct ReadSome(PipeFile file) : IBlockingOperation
    {
        public readonly long Progress => 0;

        public readonly Result<long> Attempt(Task task)
        {
            Result<int> result = file.Read(task, new byte[64]);
            return result.IsOk ? result.Value : result.Error;
        }
    }
}
