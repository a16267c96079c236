// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;

namespace Moat.Sockets.Unix;

/// <summary>Bytes on their way through a local socket, with what goes beside them.</summary>
/// <remarks>Locks: its queue's.</remarks>
internal sealed class UnixMessage
{
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>The one that came after it.</summary>
    internal UnixMessage? Next { get; set; }

    /// <summary>Begins anew with other bytes and what goes beside them.</summary>
    internal void Fill(ReadOnlySpan<byte> bytes, bool mayGrow, in Ancillary ancillary)
    {
        _buffer = bytes.IsEmpty
            ? [] : ArrayPool<byte>.Shared.Rent(mayGrow ? Math.Max(bytes.Length, 2048) : bytes.Length);
        bytes.CopyTo(_buffer);
        _start = 0;
        _end = bytes.Length;
        Ancillary = ancillary;
    }

    /// <summary>Files, sender, sender's address.</summary>
    internal Ancillary Ancillary;

    /// <summary>The bytes not yet taken.</summary>
    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Appends what fits; returns how much that was.</summary>
    internal int Append(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _buffer.Length - _end);
        bytes[..count].CopyTo(_buffer.AsSpan(_end));
        _end += count;
        return count;
    }

    /// <summary>Takes bytes off the front.</summary>
    internal void Skip(int count) => _start += count;

    /// <summary>The bytes are not needed any more. Files stay with whoever took them.</summary>
    internal void Empty()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        Ancillary = default;
    }
}
