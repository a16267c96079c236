// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Moat.Host;

/// <summary>A zero-terminated UTF-8 copy of a string in native memory, freed by Dispose.</summary>
internal unsafe ref struct NativeString
{
    private byte* _pointer;

    internal NativeString(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        _pointer = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(_pointer, length));
        _pointer[length] = 0;
    }

    internal readonly ulong Address => (ulong)_pointer;

    public void Dispose()
    {
        NativeMemory.Free(_pointer);
        _pointer = null;
    }
}
