// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Moat.Host.Children;

/// <summary>Native memory with one explicit end; nothing in it moves and no finalizer frees it.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private readonly List<nint> _blocks = new();

    /// <summary>Zeroed memory, 16-byte aligned.</summary>
    internal void* Allocate(int length)
    {
        void* block = NativeMemory.AllocZeroed((nuint)Math.Max(length, 16));
        _blocks.Add((nint)block);
        return block;
    }

    /// <summary>A zero-terminated UTF-8 string.</summary>
    internal ulong Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* block = (byte*)Allocate(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(block, length));
        return (ulong)block;
    }

    /// <summary>A copy of bytes.</summary>
    internal ulong Bytes(ReadOnlySpan<byte> bytes)
    {
        byte* block = (byte*)Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(block, bytes.Length));
        return (ulong)block;
    }

    /// <summary>A null-terminated array of strings.</summary>
    internal ulong TextArray(IReadOnlyList<string> texts)
    {
        ulong* block = (ulong*)Allocate((texts.Count + 1) * 8);
        for (int i = 0; i < texts.Count; i++)
        {
            block[i] = Text(texts[i]);
        }

        return (ulong)block;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
    }
}
