// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using Moat.Base;

namespace Moat.Host.Shared;

/// <summary>
/// Anonymous memory of this process alone, outside the garbage collector's heap; zero until written.
/// </summary>
/// <remarks>
/// Invariants: nobody else can map or shrink it, so touching it never faults; it is never unmapped.
/// </remarks>
public sealed unsafe class PrivateMemory
{
    private const int DontNeed = 4;
    private const int PageSize = 4096;

    private readonly byte* _pointer;

    private PrivateMemory(byte* pointer, int length)
    {
        _pointer = pointer;
        Length = length;
    }

    /// <summary>Size in bytes.</summary>
    public int Length { get; }

    /// <summary>Reserves addresses; the host gives memory as it is touched.</summary>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    public static Result<PrivateMemory> Create(int length)
    {
        Debug.Assert(length % PageSize == 0, "whole pages");
        const HostMapFlags Flags = HostMapFlags.Private | HostMapFlags.Anonymous | HostMapFlags.NoReserve;
        Result<nuint> mapped = HostMemory.Map(0, (nuint)length, HostProtection.ReadWrite, Flags, -1, 0);
        return mapped.IsOk ? new PrivateMemory((byte*)mapped.Value, length) : mapped.Error;
    }

    /// <summary>Some of it.</summary>
    public Span<byte> Slice(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - offset));

        // SAFETY: within the mapping, as just checked, and that lives as long as the process.
        return new Span<byte>(_pointer + offset, length);
    }

    /// <summary>Gives whole pages back to the host; they read as zero again.</summary>
    public void Discard(int offset, int length)
    {
        Span<byte> pages = Slice(offset, length);
        Debug.Assert((offset | length) % PageSize == 0, "whole pages");
        if (length > 0 && HostMemory.Advise((nuint)(_pointer + offset), (nuint)length, DontNeed) != 0)
        {
            pages.Clear();
        }
    }
}
