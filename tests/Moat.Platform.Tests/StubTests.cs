// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Host.Processes;
using Moat.Platform;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform.Tests;

/// <summary>
/// Guest code in real stubs: system calls, faults, orders, threads, forks, interrupts, death.
/// </summary>
public sealed class StubTests
{
    [Fact]
    public void SystemCallsArriveWithTheirRegistersAndResume()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.mov(eax, 39);
            a.mov(edi, 7);
            a.syscall();
            a.mov(ebx, eax);
            a.mov(eax, 60);
            a.syscall();
        });
        Assert.Equal(GuestEventKind.Syscall, guest.Run().Kind);
        Assert.Equal(39UL, guest.Registers.Rax);
        Assert.Equal(7UL, guest.Registers.Rdi);
        guest.Registers.Rax = 4711;
        Assert.Equal(GuestEventKind.Syscall, guest.Run().Kind);
        Assert.Equal(60UL, guest.Registers.Rax);
        Assert.Equal(4711UL, guest.Registers.Rbx);
        guest.Stub.Process.Kill();
        Assert.Equal(GuestEventKind.Dead, guest.Run().Kind);
    }

    [Fact]
    public void FaultsCarrySignalCodeAndAddress()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.mov(rax, 0x123000UL);
            a.mov(__qword_ptr[rax], 1);
        });
        GuestEvent stop = guest.Run();
        Assert.Equal(new GuestEvent(GuestEventKind.Fault, (int)Signal.SIGSEGV, 1, 0x123000), stop);
        guest.Stub.Process.Kill();
    }

    [Fact]
    public void ThirtyTwoBitEntryIsToldApart()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.mov(eax, 20);
            a.@int(0x80);
        });
        // A host without 32-bit entry says SIGSEGV (site_int80 compares with the host's programs).
        const int SegmentationFault = 11;
        GuestEvent stop = guest.Run();
        Assert.True(stop.Kind == GuestEventKind.ForeignSyscall
            || (stop.Kind == GuestEventKind.Fault && stop.Signal == SegmentationFault), stop.ToString());
        guest.Stub.Process.Kill();
    }

    [Fact]
    public void InterruptsTakeSpinningCodeOut()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.jmp(GuestCode.CodeAddress);
        });
        for (int i = 0; i < 20; i++)
        {
            using var timer = new Timer(_ => guest.Thread.Interrupt(), null, 5, Timeout.Infinite);
            Assert.Equal(GuestEventKind.Interrupt, guest.Run().Kind);
        }

        guest.Stub.Process.Kill();
    }

    [Fact]
    public void ThreadsShareMemoryAndRunOnTheirOwn()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.@lock.xadd(__dword_ptr[GuestCode.DataAddress], ebx);
            a.mov(eax, 39);
            a.syscall();
        });
        guest.Registers.Rbx = 1;
        guest.Run();
        for (int i = 0; i < 3; i++)
        {
            Result<StubThread> child = guest.Stub.Process.CloneThread(guest.Thread);
            Assert.Equal(Errno.Success, child.Error);
            var registers = new GuestRegisters { Rip = GuestCode.CodeAddress, Eflags = 0x202, Rbx = 10 };
            Assert.Equal(GuestEventKind.Syscall, child.Value.Resume(ref registers, ref guest.Call).Kind);
        }

        Assert.Equal(31, ReadData(guest.Stub.Process.Pid));
        guest.Stub.Process.Kill();
    }

    [Fact]
    public void ForkedProcessesHaveMemoryOfTheirOwn()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.add(__dword_ptr[GuestCode.DataAddress], ebx);
            a.mov(eax, 39);
            a.syscall();
        });
        guest.Registers.Rbx = 1;
        guest.Run();
        for (int i = 0; i < 50; i++)
        {
            Result<StubThread> child = guest.Stub.Process.Fork(guest.Thread);
            Assert.Equal(Errno.Success, child.Error);
            Assert.True(child.Value.AwaitFork());
            var registers = new GuestRegisters { Rip = GuestCode.CodeAddress, Eflags = 0x202, Rbx = 10 };
            Assert.Equal(GuestEventKind.Syscall, child.Value.Resume(ref registers, ref guest.Call).Kind);
            Assert.Equal(11, ReadData(child.Value.Process.Pid));
            child.Value.Process.Kill();
            Assert.Equal(GuestEventKind.Dead, child.Value.Resume(ref registers, ref guest.Call).Kind);
            child.Value.Process.Release();
        }

        Assert.Equal(1, ReadData(guest.Stub.Process.Pid));
        guest.Stub.Process.Kill();
    }

    [Fact]
    public void AnOrderNobodyGaveEndsTheStub()
    {
        GuestCode guest = GuestCode.Load(a =>
        {
            a.mov(rax, StubLayout.CodeBase);
            a.jmp(rax);
        });
        Assert.NotEqual(GuestEventKind.Dead, guest.Run().Kind);
        guest.Stub.Process.Kill();
        Assert.Equal(GuestEventKind.Dead, guest.Run().Kind);
    }

    private static int ReadData(int pid)
    {
        byte[] word = new byte[4];
        Assert.Equal(4, ProcessMemory.Read(pid, GuestCode.DataAddress, word).Value);
        return System.BitConverter.ToInt32(word);
    }
}
