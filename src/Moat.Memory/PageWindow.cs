// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Memory;

/// <summary>
/// Reads many short things of a guest that lie close together: what is left of a page is copied in at once.
/// </summary>
/// <remarks>What a guest changes after its page was copied in is not seen.</remarks>
/// <param name="memory">The guest's memory.</param>
/// <param name="buffer">Room for a page.</param>
public ref struct PageWindow(UserMemory memory, Span<byte> buffer)
{
    private const int PageSize = 4096;

    private readonly Span<byte> _buffer = buffer[..PageSize];
    private ulong _start;
    private int _length;

    /// <summary>The bytes from an address to the end of its page; empty when it cannot be read.</summary>
    public ReadOnlySpan<byte> At(ulong address)
    {
        ulong offset = address - _start;
        if (offset >= (ulong)_length)
        {
            int rest = PageSize - (int)(address % PageSize);
            _start = address;
            _length = memory.ReadPartial(address, _buffer[..rest]);
            offset = 0;
        }

        return _buffer[(int)offset.._length];
    }
}
