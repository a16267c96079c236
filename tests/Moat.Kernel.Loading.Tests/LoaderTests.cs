// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Memory;
using Moat.Memory.Tests;
using Moat.Vfs;
using Xunit;

namespace Moat.Kernel.Loading.Tests;

/// <summary>Real programs, loaded into a fake stub.</summary>
public sealed class LoaderTests
{
    private const string Linker = "/lib64/ld-linux-x86-64.so.2";
    private readonly FakeStub _stub = new();
    private readonly TestResolver _files = new() { [Linker] = File.ReadAllBytes(Linker) };

    [Theory]
    [InlineData("/bin/true", Linker)]
    [InlineData("/usr/bin/python3", Linker)]
    [InlineData("/usr/bin/gcc", Linker)]
    [InlineData(Linker, null)]
    public void Real_programs_are_mapped_and_started(string path, string? interpreter)
    {
        _files[path] = File.ReadAllBytes(path);
        using PreparedProgram program = Prepare(path, out Errno error)!;
        Assert.Equal(Errno.Success, error);
        Assert.Equal(interpreter ?? "", Encoding.UTF8.GetString(program.Main.Image.InterpreterPath));
        var memory = new TestMemory(_stub, _files.Descriptors);
        AddressSpace space = NewSpace();
        LoadedProgram loaded = Load(program, space, memory).Value;
        Assert.InRange(_stub.Exchanges, 1, 2);

        Vma code = space.Find(loaded.InstructionPointer)!;
        Assert.True((code.Protection & MemoryProtection.Execute) != 0);
        Assert.Equal(_files.Descriptors.Count, interpreter is null ? 1 : 2);
        CheckSegments(program.Main, space, memory,
            Auxiliary(memory, loaded, out _)[9] - program.Main.Image.EntryPoint);
        Assert.Contains("[stack]", Encoding.UTF8.GetString(space.FormatMaps()), StringComparison.Ordinal);
        ulong heap = space.Break(_stub, 0);
        Assert.Equal(heap + 4096, space.Break(_stub, heap + 4096));
    }

    [Fact]
    public void The_stack_holds_arguments_environment_and_auxiliary_vector()
    {
        _files["/bin/true"] = File.ReadAllBytes("/bin/true");
        using PreparedProgram program = Prepare("/bin/true", out _)!;
        var memory = new TestMemory(_stub, _files.Descriptors);
        AddressSpace space = NewSpace();
        LoadedProgram loaded = Load(program, space, memory).Value;
        Assert.Equal(0UL, loaded.StackPointer % 16);
        Dictionary<ulong, ulong> auxiliary = Auxiliary(memory, loaded, out List<string> strings);
        Assert.Equal(["/bin/true", "a b", "", "--", "HOME=/", "PATH=/bin"], strings);
        Assert.Equal("/bin/true", ReadString(memory, auxiliary[31]));
        Assert.Equal("x86_64", ReadString(memory, auxiliary[15]));
        Assert.Equal(4096UL, auxiliary[6]);
        Assert.Equal(1000UL, auxiliary[11]);
        Assert.Equal(0x7fff_f000_0000UL, auxiliary[33]);
        Assert.Equal(56UL, auxiliary[4]);
        byte[] header = new byte[4];
        Assert.Equal(Errno.Success, memory.Read(auxiliary[7], header));
        Assert.True(ElfParser.HasMagic(header));
        byte[] table = new byte[56];
        Assert.Equal(Errno.Success, memory.Read(auxiliary[3], table));
        Assert.Equal(6, table[0]);
        ProgramLayout layout = space.Program;
        byte[] arguments = new byte[layout.ArgumentsEnd - layout.ArgumentsStart];
        Assert.Equal(Errno.Success, memory.Read(layout.ArgumentsStart, arguments));
        Assert.Equal("/bin/true\0a b\0\0", Encoding.UTF8.GetString(arguments));
    }

    [Fact]
    public void Foreign_and_broken_files_are_refused()
    {
        byte[] good = File.ReadAllBytes("/bin/true");
        Assert.Equal(Errno.ENOEXEC, Refusal([]));
        Assert.Equal(Errno.ENOEXEC, Refusal("plain text"u8.ToArray()));
        Assert.Equal(Errno.ENOEXEC, Refusal(good[..64]));
        Assert.Equal(Errno.ENOEXEC, Refusal(With(good, 18, 183)));
        Assert.Equal(Errno.ENOEXEC, Refusal(With(good, 4, 1)));
        Assert.Equal(Errno.ENOEXEC, Refusal(With(good, 54, 32)));
        _files.Remove(Linker);
        Assert.Equal(Errno.ENOENT, Refusal(good));
        _files[Linker] = good[..10];
        Assert.Equal(Errno.EIO, Refusal(good));
        _files[Linker] =
            "#!/bin/sh aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"u8.ToArray();
        Assert.Equal(Errno.ELIBBAD, Refusal(good));
    }

    [Fact]
    public void Too_many_arguments_are_refused()
    {
        _files["/bin/true"] = File.ReadAllBytes("/bin/true");
        var arguments = new ArgumentStrings();
        for (int i = 0; i < 1000; i++)
        {
            arguments.Add(new byte[1000].AsSpan().Slice(0, 0));
        }

        Result<PreparedProgram> result =
            ProgramPreparer.Prepare(new TestCaller(), _files, _files.Open("/bin/true"), "/bin/true"u8,
            arguments, new ArgumentStrings(), 5000);
        Assert.Equal(Errno.E2BIG, result.Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_headers_never_break_the_loader(int seed)
    {
        var random = new Random(seed);
        byte[] good = File.ReadAllBytes("/bin/true");
        int count = good[56];
        for (int i = 0; i < 1000; i++)
        {
            byte[] bad = good.AsSpan().ToArray();
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                int at = random.Next(4) == 0 ? random.Next(64) : 64 + random.Next(56 * count);
                bad[at] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(1 << random.Next(8));
            }

            _files["/bad"] = bad;
            var files = new TestResolver { ["/bad"] = bad, [Linker] = _files[Linker] };
            Result<PreparedProgram> prepared =
                ProgramPreparer.Prepare(new TestCaller(), files, files.Open("/bad"), "/bad"u8,
                new ArgumentStrings(), new ArgumentStrings(), 1 << 20);
            if (prepared.IsOk && prepared.Value.Main.Image.End - prepared.Value.Main.Image.Start < 1 << 23)
            {
                var stub = new FakeStub();
                AddressSpace space = NewSpace();
                _ = ProgramLoader.Load(prepared.Value, space, stub, new TestMemory(stub, files.Descriptors),
                    Parameters(1 << 20));
                prepared.Value.Dispose();
                foreach (Vma vma in space.Snapshot())
                {
                    Assert.True(vma.Start >= AddressSpaceLimits.MinAddress
                        && vma.End <= AddressSpaceLimits.Top);
                }
            }
        }
    }

    private static byte[] With(byte[] file, int at, byte value)
    {
        byte[] copy = file.AsSpan().ToArray();
        copy[at] = value;
        return copy;
    }

    private Errno Refusal(byte[] content)
    {
        _files["/bad"] = content;
        Prepare("/bad", out Errno error)?.Dispose();
        return error;
    }

    private PreparedProgram? Prepare(string path, out Errno error)
    {
        var arguments = new ArgumentStrings();
        arguments.Add(Encoding.UTF8.GetBytes(path));
        arguments.Add("a b"u8);
        arguments.Add(""u8);
        var environment = new ArgumentStrings();
        environment.Add("HOME=/"u8);
        environment.Add("PATH=/bin"u8);
        ProgramPreparer.Prepare(new TestCaller(), _files, _files.Open(path), Encoding.UTF8.GetBytes(path),
            arguments, environment, 1 << 20)
            .TryGet(out PreparedProgram? program, out error);
        return program;
    }

    private static AddressSpace NewSpace() =>
        new(AddressSpaceLayout.Create(8 << 20), [new(0x60000, 0x61000)]);

    private static LoadParameters Parameters(ulong stack) => new()
    {
        Credentials = Credentials.For(1000, 1000, [], 0),
        Platform = PlatformVector.ForThisCpu(0x7fff_f000_0000),
        StackLimit = stack,
        Randomize = true,
    };

    private Result<LoadedProgram> Load(PreparedProgram program, AddressSpace space, UserMemory memory) =>
        ProgramLoader.Load(program, space, _stub, memory, Parameters(8 << 20));

    private static Dictionary<ulong,
        ulong> Auxiliary(UserMemory memory, LoadedProgram loaded, out List<string> strings)
    {
        strings = [];
        ulong at = loaded.StackPointer;
        ulong count = Word(memory, ref at);
        for (ulong i = 0; i < count; i++)
        {
            strings.Add(ReadString(memory, Word(memory, ref at)));
        }

        Assert.Equal(0UL, Word(memory, ref at));
        strings.Add("--");
        for (ulong pointer = Word(memory, ref at); pointer != 0; pointer = Word(memory, ref at))
        {
            strings.Add(ReadString(memory, pointer));
        }

        var all = new Dictionary<ulong, ulong>();
        for (ulong tag = Word(memory, ref at); tag != 0; tag = Word(memory, ref at))
        {
            all[tag] = Word(memory, ref at);
        }

        return all;
    }

    private static void CheckSegments(ProgramPart part, AddressSpace space, UserMemory memory, ulong bias)
    {
        foreach (ElfSegment segment in part.Image.Segments)
        {
            Vma vma = space.Find(segment.Address + bias)!;
            Assert.Equal(segment.Protection, vma.Protection);
            byte[] zeros = new byte[segment.MemorySize - segment.FileSize];
            byte[] tail = new byte[zeros.Length];
            Assert.Equal(Errno.Success, memory.Read(segment.FileEnd + bias, tail));
            Assert.Equal(zeros, tail);
        }
    }

    private static ulong Word(UserMemory memory, ref ulong at)
    {
        Assert.Equal(Errno.Success, memory.Read(at, out ulong value));
        at += 8;
        return value;
    }

    private static string ReadString(UserMemory memory, ulong address)
    {
        byte[] buffer = new byte[256];
        int length = memory.ReadString(address, buffer).Value;
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
