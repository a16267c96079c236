// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Iced.Intel;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Processes;
using Moat.Platform;
using Xunit;

namespace Moat.Platform.Tests;

/// <summary>A stub with one page of guest code and one of data, ready to run.</summary>
internal sealed class GuestCode
{
    internal const ulong CodeAddress = 0x400000;
    internal const ulong DataAddress = 0x500000;
    private static readonly StubMonitor s_monitor = StartMonitor();
    private static readonly StubSpawner s_spawner = new(s_monitor, [], new StubOptions());

    private GuestCode(FreshStub stub)
    {
        Stub = stub;
        Registers = new GuestRegisters { Rip = CodeAddress, Rsp = DataAddress + 4096, Eflags = 0x202 };
    }

    internal FreshStub Stub { get; }

    internal StubThread Thread => Stub.Thread;

    internal GuestRegisters Registers;
    internal GuestCall Call;

    internal static FreshStub NewStub()
    {
        Result<FreshStub> stub = s_spawner.Take();
        Assert.Equal(Errno.Success, stub.Error);
        return stub.Value;
    }

    internal static GuestCode Load(Action<Assembler> build)
    {
        var guest = new GuestCode(NewStub());
        var assembler = new Assembler(64);
        build(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), CodeAddress);
        Result<ulong> mapped = guest.Thread.Execute(
        [
            new(SyscallNumber.mmap, CodeAddress, 4096, 3, 0x32, ulong.MaxValue),
            new(SyscallNumber.mmap, DataAddress, 4096, 3, 0x32, ulong.MaxValue),
        ]);
        Assert.Equal(DataAddress, mapped.Value);
        Assert.Equal(stream.Length,
            ProcessMemory.Write(guest.Stub.Process.Pid, CodeAddress, stream.ToArray()).Value);
        Assert.True(guest.Thread.Execute([new(SyscallNumber.mprotect, CodeAddress, 4096, 5)]).IsOk);
        return guest;
    }

    internal GuestEvent Run() => Thread.Resume(ref Registers, ref Call);

    private static StubMonitor StartMonitor()
    {
        var monitor = new StubMonitor();
        monitor.Start();
        return monitor;
    }
}
