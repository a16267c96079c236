// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Text;
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>Writes /proc/PID/maps (proc(5)) for an address space whose lock is held.</summary>
internal static class MapsText
{
    private const int NameColumn = 73;

    public static byte[] FormatLocked(AddressSpace space)
    {
        var writer = new ArrayBufferWriter<byte>(4096);
        int nextReserved = 0;
        ReadOnlySpan<ReservedRange> reserved = space.Reserved;
        for (int i = 0; i <= space.Vmas.Count; i++)
        {
            ulong limit = i < space.Vmas.Count ? space.Vmas[i].Start : ulong.MaxValue;
            for (; nextReserved < reserved.Length && reserved[nextReserved].Start < limit; nextReserved++)
            {
                WriteReserved(writer, reserved[nextReserved]);
            }

            if (i < space.Vmas.Count)
            {
                WriteVma(writer, space.Vmas[i], NameOfLocked(space, space.Vmas[i]));
            }
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The name that Linux shows for a mapping, or null.</summary>
    internal static string? NameOfLocked(AddressSpace space, Vma vma)
    {
        if (vma.Object is not null)
        {
            return vma.Object.Name ?? vma.Name;
        }

        if (vma.Name is not null)
        {
            return vma.Name;
        }

        if (vma.Start < space.BreakEnd && vma.End > space.BreakStart)
        {
            return "[heap]";
        }

        return vma.Contains(space.ProgramLocked.StartStack) ? "[stack]" : null;
    }

    /// <summary>Appends "start-end perms offset dev inode name".</summary>
    internal static void WriteVma(ArrayBufferWriter<byte> writer, Vma vma, string? name)
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
