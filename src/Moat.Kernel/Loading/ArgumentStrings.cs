// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;

namespace Moat.Kernel.Loading;

/// <summary>An argument or environment list, its strings one after the other, each with its NUL.</summary>
public sealed class ArgumentStrings
{
    /// <summary>Longest string, with its NUL (MAX_ARG_STRLEN).</summary>
    public const int MaxStringBytes = 128 * 1024;

    private byte[] _bytes = [];

    /// <summary>How many strings there are.</summary>
    public int Count { get; private set; }

    /// <summary>Length of all strings with their NULs.</summary>
    public int ByteCount { get; private set; }

    /// <summary>All strings, each ended by NUL.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, ByteCount);

    /// <summary>
    /// How many bytes strings and pointers may take: a quarter of the stack, 128 KiB at least, 6 MiB at most.
    /// </summary>
    /// <param name="stackLimit">RLIMIT_STACK in bytes.</param>
    public static int Limit(ulong stackLimit) => (int)Math.Clamp(stackLimit / 4, 128UL << 10, 6UL << 20);

    /// <summary>Copies a NULL-terminated array of string pointers in.</summary>
    /// <param name="memory">The caller's memory.</param>
    /// <param name="array">Guest address of the array; 0 is an empty one, as Linux takes it.</param>
    /// <param name="budget">Bytes that may still be used, pointers included; what this list takes is
    /// subtracted.</param>
    /// <returns>The strings; E2BIG; EFAULT.</returns>
    public static Result<ArgumentStrings> Read(UserMemory memory, ulong array, ref int budget)
    {
        var strings = new ArgumentStrings();
        if (array == 0)
        {
            return strings;
        }

        Span<ulong> pointers = stackalloc ulong[32];
        var window = new PageWindow(memory, stackalloc byte[4096]);
        for (ulong at = array; ; at += (ulong)pointers.Length * 8)
        {
            int bytes =
                memory.ReadPartial(at, System.Runtime.InteropServices.MemoryMarshal.AsBytes(pointers));
            for (int i = 0; i < pointers.Length; i++)
            {
                if (bytes < (i + 1) * 8)
                {
                    return Errno.EFAULT;
                }

                if (pointers[i] == 0)
                {
                    return strings;
                }

                Errno error = strings.ReadOne(ref window, pointers[i], ref budget);
                if (error != Errno.Success)
                {
                    return error;
                }
            }
        }
    }

    /// <summary>Appends a string, given without NUL.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length + 1);
        value.CopyTo(_bytes.AsSpan(ByteCount));
        ByteCount += value.Length;
        _bytes[ByteCount++] = 0;
        Count++;
    }

    /// <summary>Appends strings of another list, from one on.</summary>
    public void AddFrom(ArgumentStrings other, int first)
    {
        ReadOnlySpan<byte> rest = other.Bytes;
        for (int i = 0; i < other.Count; i++)
        {
            int length = rest.IndexOf((byte)0);
            if (i >= first)
            {
                Add(rest[..length]);
            }

            rest = rest[(length + 1)..];
        }
    }

    /// <summary>The first string, without NUL; empty when there is none.</summary>
    public ReadOnlySpan<byte> First => Count == 0 ? default : Bytes[..Bytes.IndexOf((byte)0)];

    private Errno ReadOne(ref PageWindow window, ulong address, ref int budget)
    {
        budget -= sizeof(ulong);
        int length = 0;
        int nul = -1;
        while (nul < 0)
        {
            if (length >= MaxStringBytes || length >= budget)
            {
                return Errno.E2BIG;
            }

            ReadOnlySpan<byte> seen = window.At(address + (ulong)length);
            if (seen.IsEmpty)
            {
                return Errno.EFAULT;
            }

            nul = seen.IndexOf((byte)0);
            seen = nul < 0 ? seen : seen[..(nul + 1)];
            Reserve(length + seen.Length);
            seen.CopyTo(_bytes.AsSpan(ByteCount + length));
            length += seen.Length;
        }

        if (length > MaxStringBytes || length > budget)
        {
            return Errno.E2BIG;
        }

        budget -= length;
        ByteCount += length;
        Count++;
        return Errno.Success;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - ByteCount < more)
        {
            Array.Resize(ref _bytes, Math.Max(Math.Max(256, _bytes.Length * 2), ByteCount + more));
        }
    }
}
