// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.Memory;

namespace Moat.Syscalls.Transfer;

/// <summary>A place in the guest buffers of a call, one or many, that moves on as bytes are copied.</summary>
public struct GuestSegments
{
    /// <summary>The most bytes one call moves (MAX_RW_COUNT).</summary>
    public const long MaximumCount = 0x7fff_f000;

    /// <summary>The most pieces one call takes (UIO_MAXIOV).</summary>
    public const int MaximumVectors = 1024;

    // One past the highest user address of x86-64 with four-level paging (TASK_SIZE_MAX).
    private const ulong AddressLimit = 0x7fff_ffff_f000;

    // Scratch only: the vectors of the call that this thread is in.
    [ThreadStatic]
    private static IoVector[]? s_vectors;

    private IoVector[]? _vectors;
    private int _count;
    private int _next;
    private ulong _address;
    private ulong _left;

    /// <summary>How many bytes are still to be moved.</summary>
    public long Remaining { get; private set; }

    /// <summary>True for many buffers, though there may be just one.</summary>
    public readonly bool IsVector => _vectors is not null;

    /// <summary>EFAULT for a range that reaches beyond user memory, also an empty one (access_ok).</summary>
    public static Errno Check(ulong address, ulong length) =>
        length > AddressLimit || address > AddressLimit - length ? Errno.EFAULT : Errno.Success;

    /// <summary>One buffer of a call that first cuts the length to what a call moves (import_ubuf).</summary>
    public static Errno FromCutBuffer(GuestBuffer buffer, ulong length, out GuestSegments segments) =>
        FromBuffer(buffer, Math.Min(length, MaximumCount), out segments);

    /// <summary>One buffer; EFAULT when it reaches beyond user memory.</summary>
    public static Errno FromBuffer(GuestBuffer buffer, ulong length, out GuestSegments segments)
    {
        segments = default;
        if (Check(buffer.Address, length) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        segments._address = buffer.Address;
        segments._left = (ulong)Math.Min((long)length, MaximumCount);
        segments.Remaining = (long)segments._left;
        return Errno.Success;
    }

    /// <summary>
    /// Many buffers (import_iovec): EINVAL for bad counts and lengths, EFAULT for bad addresses.
    /// </summary>
    public static Errno FromVectors(UserMemory memory, GuestPtr<IoVector> vectors, ulong count,
        out GuestSegments segments)
    {
        segments = default;
        if (count > MaximumVectors)
        {
            return Errno.EINVAL;
        }

        IoVector[] array = s_vectors ??= new IoVector[MaximumVectors];
        Span<IoVector> used = array.AsSpan(0, (int)count);
        Errno error = memory.ReadArray(vectors.Address, used);
        if (error != Errno.Success)
        {
            return error;
        }

        long total = 0;
        foreach (ref IoVector vector in used)
        {
            if ((long)vector.Length < 0)
            {
                return Errno.EINVAL;
            }

            if (Check(vector.Base, vector.Length) != Errno.Success)
            {
                return Errno.EFAULT;
            }

            if ((long)vector.Length > MaximumCount - total)
            {
                vector = new IoVector(vector.Base, (ulong)(MaximumCount - total));
            }

            total += (long)vector.Length;
        }

        segments._vectors = array;
        segments._count = (int)count;
        segments.Remaining = total;
        return Errno.Success;
    }

    /// <summary>Copies to the guest and moves on; returns how many bytes went before a fault.</summary>
    public int CopyOut(UserMemory memory, ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length && Advance())
        {
            int piece = (int)Math.Min((ulong)(source.Length - done), _left);
            int copied = memory.WritePartial(_address, source.Slice(done, piece));
            Move(copied);
            done += copied;
            if (copied < piece)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>Copies from the guest and moves on; returns how many bytes came before a fault.</summary>
    public int CopyIn(UserMemory memory, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && Advance())
        {
            int piece = (int)Math.Min((ulong)(destination.Length - done), _left);
            int copied = memory.ReadPartial(_address, destination.Slice(done, piece));
            Move(copied);
            done += copied;
            if (copied < piece)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>Moves no more than so many bytes.</summary>
    public void Limit(long bytes) => Remaining = Math.Min(Remaining, bytes);

    /// <summary>Moves on without copying.</summary>
    public void Skip(int bytes)
    {
        while (bytes > 0 && Advance())
        {
            int piece = (int)Math.Min((ulong)bytes, _left);
            Move(piece);
            bytes -= piece;
        }
    }

    private void Move(int bytes)
    {
        _address += (ulong)bytes;
        _left -= (ulong)bytes;
        Remaining -= bytes;
    }

    private bool Advance()
    {
        while (_left == 0)
        {
            if (_vectors is null || _next == _count)
            {
                return false;
            }

            IoVector vector = _vectors[_next++];
            _address = vector.Base;
            _left = vector.Length;
        }

        return true;
    }
}
