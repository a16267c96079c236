// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Text;
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>What /proc/PID/maps (proc(5)) shows of an address space at one moment.</summary>
/// <remarks>Invariants: holds a reference on each object until <see cref="Release"/>.</remarks>
internal sealed class MapsText
{
    private const int NameColumn = 73;
    private readonly Vma[] _vmas;
    private readonly ReservedRange[] _reserved;
    private readonly ulong _heapStart;
    private readonly ulong _heapEnd;
    private readonly ulong _stack;

    /// <summary>Takes the moment down; the space's lock is held.</summary>
    public MapsText(AddressSpace space)
    {
        _reserved = space.Reserved.ToArray();
        _heapStart = space.BreakStart;
        _heapEnd = space.BreakEnd;
        _stack = space.ProgramLocked.StartStack;
        _vmas = space.SnapshotReferencedLocked();
    }

    /// <summary>The lines. No lock is held.</summary>
    public byte[] Format()
    {
        var writer = new ArrayBufferWriter<byte>(4096);
        int nextReserved = 0;
        for (int i = 0; i <= _vmas.Length; i++)
        {
            ulong limit = i < _vmas.Length ? _vmas[i].Start : ulong.MaxValue;
            for (; nextReserved < _reserved.Length && _reserved[nextReserved].Start < limit; nextReserved++)
            {
                WriteReserved(writer, _reserved[nextReserved]);
            }

            if (i < _vmas.Length)
            {
                WriteVma(writer, _vmas[i], NameOf(_vmas[i]));
            }
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Gives the references back. No lock is held.</summary>
    public void Release()
    {
        foreach (Vma vma in _vmas)
        {
            vma.Object?.Release();
        }
    }

    private string? NameOf(Vma vma)
    {
        if (vma.Object is not null)
        {
            return vma.Object.Name ?? vma.Name;
        }

        if (vma.Name is not null)
        {
            return vma.Name;
        }

        if (vma.Start < _heapEnd && vma.End > _heapStart)
        {
            return "[heap]";
        }

        return vma.Contains(_stack) ? "[stack]" : null;
    }

    /// <summary>Appends "start-end perms offset dev inode name".</summary>
    private static void WriteVma(ArrayBufferWriter<byte> writer, Vma vma, string? name)
    {
        Span<char> access =
        [
            (vma.Protection & MemoryProtection.Read) != 0 ? 'r' : '-',
            (vma.Protection & MemoryProtection.Write) != 0 ? 'w' : '-',
            (vma.Protection & MemoryProtection.Execute) != 0 ? 'x' : '-',
            vma.IsShared ? 's' : 'p',
        ];
        WriteLine(writer, vma.Start, vma.End, access, vma.Offset, vma.Object?.DeviceId ?? 0,
            vma.Object?.InodeNumber ?? 0, name);
    }

    private static void WriteReserved(ArrayBufferWriter<byte> writer, ReservedRange range)
    {
        if (range.Name is not null)
        {
            WriteLine(writer, range.Start, range.End, range.IsExecutable ? "r-xp" : "r--p", 0, 0, 0,
                range.Name);
        }
    }

    private static void WriteLine(ArrayBufferWriter<byte> writer, ulong start, ulong end,
        ReadOnlySpan<char> access,
        ulong offset, ulong device, ulong inode, string? name)
    {
        // st_dev as Linux encodes it for user space: 12 bits of major amid 20 + 12 bits of minor
        // (new_encode_dev).
        ulong major = (device >> 8) & 0xfff;
        ulong minor = (device & 0xff) | ((device >> 12) & 0xfff00);
        Span<char> line = stackalloc char[128];
        line.TryWrite($"{start:x8}-{end:x8} {access} {offset:x8} {major:x2}:{minor:x2} {inode} ",
            out int length);
        if (name is not null)
        {
            for (; length < NameColumn; length++)
            {
                line[length] = ' ';
            }
        }

        Encoding.Latin1.GetBytes(line[..length], writer);
        if (name is not null)
        {
            // A line feed in a name would forge a line.
            Encoding.UTF8.GetBytes(name.Replace("\n", "\\012", StringComparison.Ordinal), writer);
        }

        writer.Write("\n"u8);
    }
}
