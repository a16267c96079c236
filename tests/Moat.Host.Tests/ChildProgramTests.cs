// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Children;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Shared;
using Xunit;

namespace Moat.Host.Tests;

/// <summary>Children between clone and exec.</summary>
public sealed class ChildProgramTests
{
    private static readonly string[] s_noEnvironment = [];

    [Fact]
    public void ExitStatusComesBack()
    {
        using ChildProgram program = Shell("exit 42");
        Assert.Equal(42, RunToEnd(program).Status);
    }

    [Fact]
    public void KillingSignalComesBack()
    {
        using ChildProgram program = Shell("kill -9 $$");
        ChildStatus status = RunToEnd(program);
        Assert.False(status.Exited);
        Assert.Equal(9, status.Status);
    }

    [Fact]
    public void FailingStepIsNamed()
    {
        using ChildProgram program = Shell("exit 0");
        program.Add("first", SyscallNumber.getpid);
        program.Add("change root", SyscallNumber.chroot, program.Text("/nowhere/at/all"));
        SpawnFailure? failure = program.Spawn(out _);
        Assert.Equal(new SpawnFailure("change root", Errno.ENOENT), failure);
    }

    [Fact]
    public void MissingProgramIsNamed()
    {
        using var program = new ChildProgram();
        program.ExecPath("/no/such/program", ["x"], s_noEnvironment);
        SpawnFailure? failure = program.Spawn(out _);
        Assert.Equal(new SpawnFailure("execute /no/such/program", Errno.ENOENT), failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PoliciesDecide(bool rightError)
    {
        using ChildProgram program = Shell("exit 3");
        int step = program.Add("close nothing", SyscallNumber.close, 9999);
        program.SetPolicy(step, FailurePolicy.IgnoreOnly(rightError ? Errno.EBADF : Errno.EINTR));
        int other = program.Add("close nothing", SyscallNumber.close, 9999);
        program.SetPolicy(other, FailurePolicy.Ignore);
        if (rightError)
        {
            Assert.Equal(3, RunToEnd(program).Status);
        }
        else
        {
            Assert.Equal(Errno.EBADF, program.Spawn(out _)?.Error);
        }
    }

    [Fact]
    public void ResultsAreStored()
    {
        // open -> dup2 to 0 and close: sh then reads its input from the file.
        int memfd = Memfd.FromBytes("input", "exit 17\n"u8, MemfdFlags.None).Value;
        using var program = new ChildProgram();
        int open = program.Add("open", SyscallNumber.open, program.Text($"/proc/self/fd/{memfd}"));
        int dup = program.Add("dup", SyscallNumber.dup2, 0, 0);
        int close = program.Add("close", SyscallNumber.close);
        program.StoreResult(open, dup, 0);
        program.StoreResult(open, close, 0);
        program.ExecPath("/bin/sh", ["sh"], s_noEnvironment);
        Assert.Equal(17, RunToEnd(program).Status);
        HostFile.Close(memfd);
    }

    [Fact]
    public void ParentWorksWhileChildWaits()
    {
        using EventFd gate = EventFd.Create().Value;
        HostFile.SetFlags(gate.Fd, OpenFlags.ReadOnly);
        using ChildProgram program = Shell("exit 5");
        program.Add("wait", SyscallNumber.read, (ulong)gate.Fd, program.Bytes(new byte[8]), 8);
        int seen = 0;
        SpawnFailure? failure = program.Spawn(out SpawnedChild child, pid =>
        {
            seen = pid;
            gate.Signal();
            return Errno.Success;
        });
        Assert.Null(failure);
        Assert.Equal(child.Pid, seen);
        Assert.Equal(5, PidFd.Reap(child.PidFd, true).Value.Status);
        HostFile.Close(child.PidFd);
    }

    [Fact]
    public void FailingParentEndsChild()
    {
        using EventFd gate = EventFd.Create().Value;
        HostFile.SetFlags(gate.Fd, OpenFlags.ReadOnly);
        using ChildProgram program = Shell("exit 5");
        program.Add("wait", SyscallNumber.read, (ulong)gate.Fd, program.Bytes(new byte[8]), 8);
        SpawnFailure? failure = program.Spawn(out _, _ => Errno.EPERM);
        Assert.Equal(new SpawnFailure("prepare the child", Errno.EPERM), failure);
    }

    [Fact]
    public void ManySpawnsWhileCollecting()
    {
        bool stop = false;
        var threads = new Thread[3];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    for (int n = 0; n < 1000; n++)
                    {
                        GC.KeepAlive(new byte[200]);
                    }

                    GC.Collect(0);
                    Thread.Sleep(1);
                }
            });
            threads[i].Start();
        }

        for (int i = 0; i < 300; i++)
        {
            using var program = new ChildProgram();
            program.ExecPath("/bin/true", ["true", new string('x', 100)], ["A=b"]);
            Assert.Equal(0, RunToEnd(program).Status);
        }

        Volatile.Write(ref stop, true);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    private static ChildProgram Shell(string script)
    {
        var program = new ChildProgram();
        program.ExecPath("/bin/sh", ["sh", "-c", script], s_noEnvironment);
        return program;
    }

    private static ChildStatus RunToEnd(ChildProgram program)
    {
        SpawnFailure? failure = program.Spawn(out SpawnedChild child);
        Assert.Null(failure);
        ChildStatus status = PidFd.Reap(child.PidFd, true).Value;
        HostFile.Close(child.PidFd);
        return status;
    }
}
