// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;

namespace Moat.Memory;

/// <summary>
/// Guest memory as the kernel reads and writes it: every access is checked and copies, none ever faults.
/// </summary>
public abstract class UserMemory
{
    /// <summary>
    /// Copies guest bytes in; returns how many could be read from the start (0 when the first faults).
    /// </summary>
    public abstract int ReadPartial(ulong address, Span<byte> destination);

    /// <summary>Copies bytes out; returns how many could be written from the start.</summary>
    public abstract int WritePartial(ulong address, ReadOnlySpan<byte> source);

    /// <summary>Copies all of it in, or EFAULT.</summary>
    public Errno Read(ulong address, Span<byte> destination) =>
        ReadPartial(address, destination) == destination.Length ? Errno.Success : Errno.EFAULT;

    /// <summary>Copies all of it out, or EFAULT.</summary>
    public Errno Write(ulong address, ReadOnlySpan<byte> source) =>
        WritePartial(address, source) == source.Length ? Errno.Success : Errno.EFAULT;

    /// <summary>Copies one value in.</summary>
    public Errno Read<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        return Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Copies one value out.</summary>
    public Errno Write<T>(ulong address, in T value)
        where T : unmanaged =>
        Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>True when <see cref="CompareExchange"/> is atomic against running guest threads.</summary>
    public virtual bool IsAtomic => false;

    /// <summary>Replaces an aligned word if it has the expected value, and says what it had.</summary>
    /// <remarks>Unless <see cref="IsAtomic"/>, guest threads may slip in between: callers must bear
    /// that.</remarks>
    public virtual Errno CompareExchange(ulong address, uint expected, uint desired, out uint observed)
    {
        Errno error = Read(address, out observed);
        return error != Errno.Success || observed != expected ? error : Write(address, in desired);
    }

    /// <summary>Copies an array of values in.</summary>
    public Errno ReadArray<T>(ulong address, Span<T> values)
        where T : unmanaged => Read(address, MemoryMarshal.AsBytes(values));

    /// <summary>Copies an array of values out.</summary>
    public Errno WriteArray<T>(ulong address, ReadOnlySpan<T> values)
        where T : unmanaged => Write(address, MemoryMarshal.AsBytes(values));

    /// <summary>Copies a NUL-terminated string in, without its NUL.</summary>
    /// <param name="address">Guest address of the first byte.</param>
    /// <param name="buffer">Room for the string and its NUL.</param>
    /// <returns>The string's length; EFAULT; or <paramref name="tooLong"/> when no NUL fits the
    /// buffer.</returns>
    public virtual Result<int> ReadString(ulong address, Span<byte> buffer,
        Errno tooLong = Errno.ENAMETOOLONG)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int toPageEnd = 4096 - (int)((address + (ulong)done) & 4095);
            int want = Math.Min(Math.Min(toPageEnd, buffer.Length - done), done == 0 ? 256 : 4096);
            int got = ReadPartial(address + (ulong)done, buffer.Slice(done, want));
            int nul = buffer.Slice(done, got).IndexOf((byte)0);
            if (nul >= 0)
            {
                return done + nul;
            }

            if (got < want)
            {
                return Errno.EFAULT;
            }

            done += got;
        }

        return tooLong;
    }
}
