// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Memory;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Kernel.Loading;

/// <summary>
/// The part of execve(2) after the point of no return: maps a prepared program into an empty address space.
/// </summary>
public static class ProgramLoader
{
    /// <summary>
    /// Where position-independent programs go: two thirds of the address space (ELF_ET_DYN_BASE).
    /// </summary>
    private const ulong DynamicBase = 0x5555_5555_4000;
    private const ulong DynamicRandomPages = 1UL << 28;
    private const ulong BreakRandomPages = (32UL << 20) / PageSize;
    private const ulong MinStack = 128UL << 10;

    /// <summary>
    /// The main stack is mapped whole; under an unlimited RLIMIT_STACK it is this big. Costs nothing
    /// untouched.
    /// </summary>
    private const ulong MaxStack = 1UL << 30;

    /// <summary>Maps program, interpreter and stack, and writes the stack's contents.</summary>
    /// <param name="program">What to load; not disposed.</param>
    /// <param name="space">A new address space, its limits set, nothing mapped.</param>
    /// <param name="orders">Makes the host calls in the new stub.</param>
    /// <param name="memory">The new stub's memory.</param>
    /// <param name="parameters">Credentials, machine, stack size.</param>
    /// <returns>Where to start; on an error the address space is of no use and the process must
    /// die.</returns>
    public static Result<LoadedProgram> Load(PreparedProgram program, AddressSpace space,
        IMemoryOrders orders,
        UserMemory memory, in LoadParameters parameters)
    {
        if (!Place(program, space, parameters.Randomize).TryGet(out ImagePlaces places, out Errno error))
        {
            return error;
        }

        var plan = new SegmentPlan();
        plan.AddSegments(program.Main, places.ProgramBias);
        if (program.Interpreter is { } interpreter)
        {
            plan.AddSegments(interpreter, places.InterpreterBias);
        }

        AddStack(plan, space, program, parameters.StackLimit);
        error = space.MapAllFixed(orders, plan.Maps);
        if (error == Errno.Success)
        {
            error = plan.Clear(memory);
        }

        var stack = new InitialStack();
        if (error == Errno.Success)
        {
            error = stack.Write(memory, space.Layout.StackTop, program, in parameters, in places);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        Describe(program, space, stack, in places, parameters.Randomize);
        ulong entry = program.Interpreter is null
            ? program.Main.Image.EntryPoint + places.ProgramBias
            : program.Interpreter.Image.EntryPoint + places.InterpreterBias;
        return new LoadedProgram(entry, stack.StackPointer);
    }

    private static Result<ImagePlaces> Place(PreparedProgram program, AddressSpace space, bool randomize)
    {
        ElfImage main = program.Main.Image;
        ulong programBias = 0;
        if (main.IsPositionIndependent && program.Interpreter is not null)
        {
            ulong random = randomize ? SecureRandom.Next(DynamicRandomPages) * PageSize : 0;
            programBias = ((DynamicBase + random) & ~(main.Alignment - 1)) - main.Start;
        }
        else if (main.IsPositionIndependent && !PlaceAnywhere(space, main)
            .TryGet(out programBias, out Errno error))
        {
            return error;
        }

        ulong interpreterBias = 0;
        if (program.Interpreter is { } interpreter && interpreter.Image.IsPositionIndependent)
        {
            if (!PlaceAnywhere(space, interpreter.Image).TryGet(out interpreterBias, out Errno error))
            {
                return error;
            }
        }

        return new ImagePlaces(programBias, interpreterBias);
    }

    /// <summary>Among the other mappings, as a library.</summary>
    private static Result<ulong> PlaceAnywhere(AddressSpace space, ElfImage image)
    {
        ulong length = image.End - image.Start;
        ulong slack = image.Alignment - PageSize;
        if (!space.FindFree(length + slack).TryGet(out ulong start, out Errno error))
        {
            return error;
        }

        return ((start + slack) & ~(image.Alignment - 1)) - image.Start;
    }

    private static void AddStack(SegmentPlan plan, AddressSpace space, PreparedProgram program,
        ulong stackLimit)
    {
        ulong size = PageUp(Math.Clamp(stackLimit, MinStack, MaxStack));

        // The strings are counted against a quarter of the limit, but may be 128 KiB whatever the limit is.
        size = Math.Max(size, MinStack + PageUp(
            (ulong)(program.Arguments.ByteCount + program.Environment.ByteCount + program.FileName.Length)
            + (ulong)(program.Arguments.Count + program.Environment.Count) * sizeof(ulong)));
        MemoryProtection execute = program.Main.Image.HasExecutableStack ? MemoryProtection.Execute : 0;
        plan.Add(new MapRequest
        {
            Address = space.Layout.StackTop - size,
            Length = size,
            Protection = MemoryProtection.Read | MemoryProtection.Write | execute,
            Flags = MapFlags.Private | MapFlags.Fixed | MapFlags.NoReserve | MapFlags.GrowsDown,
        });
    }

    /// <summary>Notes where the program lies, and where its heap begins.</summary>
    private static void Describe(PreparedProgram program, AddressSpace space, InitialStack stack,
        in ImagePlaces places,
        bool randomize)
    {
        ElfImage image = program.Main.Image;
        ulong startCode = ulong.MaxValue;
        ulong endCode = 0;
        ulong startData = 0;
        ulong endData = 0;
        ulong end = 0;
        foreach (ElfSegment segment in image.Segments)
        {
            bool code = (segment.Protection & MemoryProtection.Execute) != 0;
            startCode = code ? Math.Min(startCode, segment.Address) : startCode;
            endCode = code ? Math.Max(endCode, segment.FileEnd) : endCode;
            startData = Math.Max(startData, segment.Address);
            endData = Math.Max(endData, segment.FileEnd);
            end = Math.Max(end, segment.End);
        }

        ulong bias = places.ProgramBias;
        space.Program = new ProgramLayout
        {
            StartCode = startCode == ulong.MaxValue ? 0 : startCode + bias,
            EndCode = endCode + bias,
            StartData = startData + bias,
            EndData = endData + bias,
            StartStack = stack.StackPointer,
            ArgumentsStart = stack.ArgumentsStart,
            ArgumentsEnd = stack.EnvironmentStart,
            EnvironmentStart = stack.EnvironmentStart,
            EnvironmentEnd = stack.EnvironmentEnd,
        };
        space.AuxiliaryVector = stack.Auxiliary.ToArray();

        // A static PIE lies among the mappings, where a heap has no room to grow: its heap goes where
        // programs go.
        bool amongMappings = image.IsPositionIndependent && program.Interpreter is null;
        ulong brk = amongMappings ? DynamicBase : PageUp(end + bias);
        ulong gap = randomize ? SecureRandom.Next(BreakRandomPages) * PageSize : 0;
        space.SetBreakStart(brk + gap);
    }
}
