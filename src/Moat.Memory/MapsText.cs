// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>What /proc/PID/maps (proc(5)) shows of an address space at one moment.</summary>
/// <remarks>Invariants: holds a reference on each object until <see cref="Dispose"/>.</remarks>
public sealed class MapsText : IDisposable
{
    private const int NameColumn = 73;
    private readonly Vma[] _vmas;
    private readonly ReservedRange[] _reserved;
    private readonly ulong _heapStart;
    private readonly ulong _heapEnd;
    private readonly ulong _stack;

    /// <summary>Takes the moment down; the space's lock is held.</summary>
    internal MapsText(AddressSpace space)
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
        foreach (MapsEntry entry in Entries())
        {
            WriteLine(writer, in entry);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The mappings by address, and of the platform's ranges those that have a name. No lock is held.
    /// </summary>
    public IEnumerable<MapsEntry> Entries()
    {
        int nextReserved = 0;
        for (int i = 0; i <= _vmas.Length; i++)
        {
            ulong limit = i < _vmas.Length ? _vmas[i].Start : ulong.MaxValue;
            for (; nextReserved < _reserved.Length && _reserved[nextReserved].Start < limit; nextReserved++)
            {
                ReservedRange range = _reserved[nextReserved];
                if (range.Name is not null)
                {
                    yield return new(range.Start, range.End, null, range.Name, range.IsExecutable);
                }
            }

            if (i < _vmas.Length)
            {
                yield return new(_vmas[i].Start, _vmas[i].End, _vmas[i], NameOf(_vmas[i]));
            }
        }
    }

    /// <summary>Appends "start-end perms offset dev inode name".</summary>
    public static void WriteLine(IBufferWriter<byte> writer, in MapsEntry entry)
    {
        if (entry.Vma is { } vma)
        {
            WriteVma(writer, vma, entry.Name);
        }
        else
        {
            WriteLine(writer, entry.Start, entry.End, entry.IsExecutable ? "r-xp" : "r--p", 0, 0, 0,
                entry.Name);
        }
    }

    /// <summary>Gives the references back. No lock is held.</summary>
    public void Dispose()
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

    private static void WriteVma(IBufferWriter<byte> writer, Vma vma, string? name)
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

    private static void WriteLine(IBufferWriter<byte> writer, ulong start, ulong end,
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
