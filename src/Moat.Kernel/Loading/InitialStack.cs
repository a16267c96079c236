// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>
/// Builds what a program finds on its stack: argc, argv, envp, the auxiliary vector and the strings.
/// </summary>
/// <remarks>Order of everything as Linux has it (fs/binfmt_elf.c create_elf_tables), which some programs rely
/// on.</remarks>
internal sealed class InitialStack
{
    private const int AuxiliaryLimit = 24;
    private readonly byte[] _auxiliary = new byte[AuxiliaryLimit * 16];
    private int _auxiliaryLength;

    /// <summary>rsp.</summary>
    public ulong StackPointer { get; private set; }

    /// <summary>The auxiliary vector with its terminator.</summary>
    public ReadOnlySpan<byte> Auxiliary => _auxiliary.AsSpan(0, _auxiliaryLength);

    public ulong ArgumentsStart { get; private set; }

    public ulong EnvironmentStart { get; private set; }

    public ulong EnvironmentEnd { get; private set; }

    /// <summary>Writes it below <paramref name="top"/>.</summary>
    public Errno Write(UserMemory memory, ulong top, PreparedProgram program, in LoadParameters parameters,
        in ImagePlaces places)
    {
        ulong end = top - sizeof(ulong);
        ulong fileName = end - (ulong)program.FileName.Length - 1;
        EnvironmentEnd = fileName;
        EnvironmentStart = fileName - (ulong)program.Environment.ByteCount;
        ArgumentsStart = EnvironmentStart - (ulong)program.Arguments.ByteCount;

        // As arch_align_stack: up to 8 KiB of randomness, so that threads of equal programs differ in cache
        // colour.
        ulong at = ArgumentsStart - (parameters.Randomize ? SecureRandom.Next(8192) : 0);
        at &= ~15UL;
        ReadOnlySpan<byte> platform = "x86_64\0"u8;
        ulong platformAddress = at - (ulong)platform.Length;
        ulong random = platformAddress - 16;
        at = random & ~15UL;
        FillAuxiliary(program, in parameters, in places, fileName, platformAddress, random);

        int words = 1 + program.Arguments.Count + 1 + program.Environment.Count + 1;
        ulong table = (at - (ulong)_auxiliaryLength - (ulong)words * sizeof(ulong)) & ~15UL;
        StackPointer = table;

        byte[] block = new byte[top - table];
        program.FileName.CopyTo(block, (int)(fileName - table));
        program.Environment.Bytes.CopyTo(block.AsSpan((int)(EnvironmentStart - table)));
        program.Arguments.Bytes.CopyTo(block.AsSpan((int)(ArgumentsStart - table)));
        platform.CopyTo(block.AsSpan((int)(platformAddress - table)));
        SecureRandom.Fill(block.AsSpan((int)(random - table), 16));

        int word = 0;
        Put(block, ref word, (ulong)program.Arguments.Count);
        PutPointers(block, ref word, program.Arguments, ArgumentsStart);
        PutPointers(block, ref word, program.Environment, EnvironmentStart);
        Auxiliary.CopyTo(block.AsSpan(word));
        return memory.Write(table, block);
    }

    private void FillAuxiliary(PreparedProgram program, in LoadParameters parameters, in ImagePlaces places,
        ulong fileName, ulong platform, ulong random)
    {
        ElfImage image = program.Main.Image;
        PlatformVector machine = parameters.Platform;
        Credentials ids = parameters.Credentials;
        if (machine.VdsoAddress != 0)
        {
            Entry(AuxiliaryTag.Vdso, machine.VdsoAddress);
        }

        Entry(AuxiliaryTag.MinSignalStack, machine.MinSignalStack);
        Entry(AuxiliaryTag.HardwareCapabilities, machine.HardwareCapabilities);
        Entry(AuxiliaryTag.PageSize, AddressSpaceLimits.PageSize);
        Entry(AuxiliaryTag.ClockTicks, 100);
        Entry(AuxiliaryTag.ProgramHeaders, image.HeadersAddress == 0 ? 0 : image.HeadersAddress
            + places.ProgramBias);
        Entry(AuxiliaryTag.ProgramHeaderSize, ElfParser.ProgramHeaderSize);
        Entry(AuxiliaryTag.ProgramHeaderCount, (ulong)image.HeaderCount);
        Entry(AuxiliaryTag.InterpreterBase, places.InterpreterBias);
        Entry(AuxiliaryTag.Flags, 0);
        Entry(AuxiliaryTag.Entry, image.EntryPoint + places.ProgramBias);
        Entry(AuxiliaryTag.Uid, ids.Space.Uids.Show(ids.Uid));
        Entry(AuxiliaryTag.EffectiveUid, ids.Space.Uids.Show(ids.EffectiveUid));
        Entry(AuxiliaryTag.Gid, ids.Space.Gids.Show(ids.Gid));
        Entry(AuxiliaryTag.EffectiveGid, ids.Space.Gids.Show(ids.EffectiveGid));
        Entry(AuxiliaryTag.Secure, parameters.IsSecure ? 1UL : 0);
        Entry(AuxiliaryTag.Random, random);
        Entry(AuxiliaryTag.HardwareCapabilities2, machine.HardwareCapabilities2);
        Entry(AuxiliaryTag.FileName, fileName);
        Entry(AuxiliaryTag.Platform, platform);
        Entry(AuxiliaryTag.Null, 0);
    }

    private void Entry(AuxiliaryTag tag, ulong value)
    {
        Put(_auxiliary, ref _auxiliaryLength, (ulong)tag);
        Put(_auxiliary, ref _auxiliaryLength, value);
    }

    private static void PutPointers(byte[] block, ref int word, ArgumentStrings strings, ulong address)
    {
        ReadOnlySpan<byte> rest = strings.Bytes;
        for (int i = 0; i < strings.Count; i++)
        {
            Put(block, ref word, address);
            int length = rest.IndexOf((byte)0) + 1;
            rest = rest[length..];
            address += (ulong)length;
        }

        Put(block, ref word, 0);
    }

    private static void Put(byte[] block, ref int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(at), value);
        at += sizeof(ulong);
    }
}
