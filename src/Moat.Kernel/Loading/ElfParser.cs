// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>
/// Reads ELF headers (elf(5)) of a file that may be hostile: each offset, size and count is checked.
/// </summary>
public static class ElfParser
{
    internal const int HeaderSize = 64;
    internal const int ProgramHeaderSize = 56;

    /// <summary>Linux reads program headers of up to 64 KiB.</summary>
    private const int MaxProgramHeaderBytes = 65536;
    private const int MaxInterpreterPath = 4096;
    private const int TypeExecutable = 2;
    private const int TypeDynamic = 3;
    private const int MachineX64 = 62;
    private const uint Load = 1;
    private const uint Interpreter = 3;
    private const uint Headers = 6;
    private const uint GnuStack = 0x6474e551;

    /// <summary>True when a file starts like an ELF file.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => start.StartsWith("\u007fELF"u8);

    /// <summary>Parses a program.</summary>
    /// <param name="caller">Who executes it.</param>
    /// <param name="file">The file.</param>
    /// <param name="start">Its first bytes, zero-filled beyond its end.</param>
    /// <returns>The image, or ENOEXEC for whatever cannot run here.</returns>
    public static Result<ElfImage> Parse(Caller caller, OpenFile file, ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderSize || !HasMagic(start))
        {
            return Errno.ENOEXEC;
        }

        // 64-bit, little-endian, current version.
        if (start[4] != 2 || start[5] != 1 || start[6] != 1 || U16(start, 18) != MachineX64
            || U16(start, 16) is not (TypeExecutable or TypeDynamic) || U16(start, 54) != ProgramHeaderSize)
        {
            return Errno.ENOEXEC;
        }

        int count = U16(start, 56);
        ulong offset = U64(start, 32);
        if (count == 0 || count * ProgramHeaderSize > MaxProgramHeaderBytes || offset > long.MaxValue)
        {
            return Errno.ENOEXEC;
        }

        byte[] headers = new byte[count * ProgramHeaderSize];
        if (FileReader.ReadExactly(caller, file, headers, (long)offset) != Errno.Success)
        {
            return Errno.ENOEXEC;
        }

        return Build(caller, file, start, headers, offset);
    }

    private static Result<ElfImage> Build(
        Caller caller, OpenFile file, ReadOnlySpan<byte> start, byte[] headers, ulong headersOffset)
    {
        int count = headers.Length / ProgramHeaderSize;
        var segments = new ElfSegment[CountLoads(headers)];
        int loaded = 0;
        ulong headersAddress = 0;
        bool executableStack = false;
        ulong alignment = AddressSpaceLimits.PageSize;
        byte[]? interpreter = null;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = headers.AsSpan(i * ProgramHeaderSize, ProgramHeaderSize);
            switch (U32(header, 0))
            {
                case Load:
                    if (!ParseSegment(header).TryGet(out ElfSegment segment, out Errno error)
                        || (loaded > 0 && segment.Address < segments[loaded - 1].Address))
                    {
                        return Errno.ENOEXEC;
                    }

                    ulong align = U64(header, 48);
                    alignment = align > alignment && ulong.IsPow2(align) && align <= 1UL << 30 ? align
                        : alignment;
                    segments[loaded++] = segment;
                    if (headersAddress == 0 && headersOffset >= segment.FileOffset
                        && headersOffset - segment.FileOffset < segment.FileSize)
                    {
                        headersAddress = headersOffset - segment.FileOffset + segment.Address;
                    }

                    break;

                case Headers:
                    headersAddress = U64(header, 16);
                    break;

                case GnuStack:
                    executableStack = (U32(header, 4) & 1) != 0;
                    break;

                case Interpreter when interpreter is null:
                    if (!ReadInterpreter(caller, file, header).TryGet(out interpreter, out error))
                    {
                        return error;
                    }

                    break;
            }
        }

        return loaded == 0
            ? Errno.ENOEXEC
            : new ElfImage(segments)
            {
                IsPositionIndependent = U16(start, 16) == TypeDynamic,
                EntryPoint = U64(start, 24),
                HeadersAddress = headersAddress,
                HeaderCount = count,
                HasExecutableStack = executableStack,
                InterpreterPath = interpreter ?? [],
                Alignment = alignment,
            };
    }

    private static int CountLoads(byte[] headers)
    {
        int loads = 0;
        for (int at = 0; at < headers.Length; at += ProgramHeaderSize)
        {
            loads += U32(headers.AsSpan(at), 0) == Load ? 1 : 0;
        }

        return loads;
    }

    private static Result<ElfSegment> ParseSegment(ReadOnlySpan<byte> header)
    {
        uint flags = U32(header, 4);
        MemoryProtection protection = MemoryProtection.None;
        protection |= (flags & 4) != 0 ? MemoryProtection.Read : 0;
        protection |= (flags & 2) != 0 ? MemoryProtection.Write : 0;
        protection |= (flags & 1) != 0 ? MemoryProtection.Execute : 0;
        var segment =
            new ElfSegment(U64(header, 16), U64(header, 8), U64(header, 32), U64(header, 40), protection);
        ulong inPage = AddressSpaceLimits.PageSize - 1;
        bool good = segment.FileSize <= segment.MemorySize
            && AddressSpaceLimits.IsUserRange(segment.Address, segment.MemorySize)
            && AddressSpaceLimits.PageUp(segment.End) <= AddressSpaceLimits.Top
            && segment.FileOffset <= long.MaxValue - AddressSpaceLimits.Top
            && (segment.FileSize == 0 || (segment.Address & inPage) == (segment.FileOffset & inPage));
        return good ? segment : Errno.ENOEXEC;
    }

    private static Result<byte[]> ReadInterpreter(Caller caller, OpenFile file, ReadOnlySpan<byte> header)
    {
        ulong offset = U64(header, 8);
        ulong size = U64(header, 32);
        if (size is < 2 or > MaxInterpreterPath || offset > long.MaxValue - MaxInterpreterPath)
        {
            return Errno.ENOEXEC;
        }

        byte[] path = new byte[size];
        Errno error = FileReader.ReadExactly(caller, file, path, (long)offset);
        if (error != Errno.Success)
        {
            return error;
        }

        if (path[^1] != 0)
        {
            return Errno.ENOEXEC;
        }

        return path.AsSpan(0, path.AsSpan().IndexOf((byte)0)).ToArray();
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
