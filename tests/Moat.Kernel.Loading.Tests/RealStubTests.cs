// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Memory;
using Moat.Platform;
using Xunit;

namespace Moat.Kernel.Loading.Tests;

/// <summary>Random calls on a real stub: the books must say what the host's /proc/PID/maps says.</summary>
public sealed class RealStubTests
{
    private const ulong Page = 4096;
    private const ulong Base = 0x20_0000_0000;
    private const int Window = 40;

    [Fact]
    public void Books_match_the_host()
    {
        var monitor = new StubMonitor();
        monitor.Start();
        FreshStub stub = new StubSpawner(monitor, [], new StubOptions()).Take().Value;
        var random = new Random(5);
        var space = new AddressSpace(new(0x7fff_0000_0000, Base + (Window * Page)), []);
        AnonymousMemory[] objects =
            [AnonymousMemory.Create(64 * Page, "a").Value, AnonymousMemory.Create(64 * Page, "b").Value];
        var failures = new Dictionary<string, int>();
        for (int step = 0; step < 1500; step++)
        {
            string what = Step(random, space, stub.Thread, objects);
            failures[what] = failures.GetValueOrDefault(what) + 1;
            string host = string.Join("\n", HostPages(stub.Process.Pid));
            string ours = string.Join("\n", OurPages(space));
            Assert.True(host == ours, $"step {step} {what}\nhost:\n{host}\nours:\n{ours}");
        }

        stub.Process.Kill();

        // The sequence is only worth something when calls of each kind succeed.
        Assert.True(failures["map Success"] > 50 && failures["protect Success"] > 50, "too few successes");
        Assert.True(failures["remap MayMove, Fixed Success"] > 3, "too few moves");
    }

    [Fact]
    public void Residency_and_barriers_are_the_hosts()
    {
        var monitor = new StubMonitor();
        monitor.Start();
        FreshStub stub = new StubSpawner(monitor, [], new StubOptions()).Take().Value;
        var space = new AddressSpace(AddressSpaceLayout.Create(8 << 20), []);
        var memory = new StubMemory(stub.Process.Pid);
        const MemoryProtection ReadWrite = MemoryProtection.Read | MemoryProtection.Write;
        ulong at =
            space.Map(stub.Thread,
            new MapRequest { Length = 4 * Page, Protection = ReadWrite, Flags = MapFlags.Private }).Value;
        ulong vector =
            space.Map(stub.Thread,
            new MapRequest { Length = Page, Protection = ReadWrite, Flags = MapFlags.Private }).Value;
        Assert.Equal(Errno.Success, memory.Write(at + Page, 1UL));
        Assert.Equal(Errno.Success, space.GetResidency(stub.Thread, at, 4 * Page, vector));
        byte[] present = new byte[4];
        Assert.Equal(Errno.Success, memory.Read(vector, present));
        Assert.Equal([0, 1, 0, 0], present);
        Assert.Equal(Errno.EFAULT, space.GetResidency(stub.Thread, at, 4 * Page, 0x10000));
        Assert.Equal(Errno.ENOMEM, space.GetResidency(stub.Thread, at, 400 * Page, vector));
        var query = new MemoryOrder(SyscallNumber.membarrier, 0, 0);
        Assert.True(stub.Thread.Execute(new(in query)).IsOk);
        Assert.Equal(Errno.Success, space.LockPages(stub.Thread, at, 4 * Page, false, true));
        Assert.Equal(Errno.Success, space.GetResidency(stub.Thread, at, 4 * Page, vector));
        Assert.Equal(Errno.Success, memory.Read(vector, present));
        Assert.Equal([1, 1, 1, 1], present);
        stub.Process.Kill();
    }

    private static string Step(Random random, AddressSpace space, StubThread stub, AnonymousMemory[] objects)
    {
        ulong at = Base + ((ulong)random.Next(Window) * Page);
        ulong length = (ulong)random.Next(1, 9) * Page;
        ulong other = Base + ((ulong)random.Next(Window) * Page);
        switch (random.Next(8))
        {
            case 0:
            case 1:
                int choice = random.Next(4);
                return "map " + space.Map(stub, new MapRequest
                {
                    Address = at,
                    Length = length,
                    Protection = (MemoryProtection)random.Next(8),
                    Flags = (random.Next(2) == 0 ? MapFlags.Fixed : MapFlags.None)
                        | (choice == 1 ? MapFlags.Shared : MapFlags.Private),
                    Object = choice < 2 ? objects[choice] : null,
                    Offset = (ulong)random.Next(8) * Page,
                }).Error;
            case 2:
                return "unmap " + space.Unmap(stub, at, length);
            case 3:
            case 4:
                return "protect " + space.Protect(stub, at, length, (MemoryProtection)random.Next(8));
            case 5:
                MemoryAdvice advice = (MemoryAdvice)random.Next(0, 26);
                return $"advise {advice} " + space.Advise(stub, at, length, advice);
            default:
                var how = (RemapFlags)random.Next(8);
                ulong oldLength = (ulong)random.Next(0, 6) * Page;
                return $"remap {how} "
                    + space.Remap(stub,
                    new(at, oldLength, random.Next(3) == 0 ? oldLength : length, how, other)).Error;
        }
    }

    private static IEnumerable<string> HostPages(int pid)
    {
        foreach (string line in File.ReadLines($"/proc/{pid}/maps"))
        {
            string[] parts = line.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
            ulong start = ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            ulong end = ulong.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            string flags = line.Split(' ')[1];
            ulong offset =
                ulong.Parse(line.Split(' ')[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            bool file = line.Contains("memfd", StringComparison.Ordinal);
            for (ulong at = start; at < end && at < AddressSpaceLimits.Top; at += Page)
            {
                yield return $"{at:x} {flags} {(file ? offset + (at - start) : 0):x}";
            }
        }
    }

    private static IEnumerable<string> OurPages(AddressSpace space)
    {
        foreach (Vma vma in space.Snapshot())
        {
            string flags =
                $"{((vma.Protection & MemoryProtection.Read) != 0 ? 'r' : '-')}"
                + $"{((vma.Protection & MemoryProtection.Write) != 0 ? 'w' : '-')}"
                + $"{((vma.Protection & MemoryProtection.Execute) != 0 ? 'x' : '-')}"
                + $"{(vma.IsShared ? 's' : 'p')}";
            for (ulong at = vma.Start; at < vma.End; at += Page)
            {
                yield return $"{at:x} {flags} {(vma.Object is null ? 0 : vma.Offset + (at - vma.Start)):x}";
            }
        }
    }
}
