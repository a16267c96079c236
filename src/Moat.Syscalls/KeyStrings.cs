// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>What calls about keys read from their callers.</summary>
internal static class KeyStrings
{
    /// <summary>The longest name of a kind of key, with its NUL.</summary>
    internal const int TypeSize = 32;

    private const int TextSize = 4096;

    /// <summary>
    /// The name of a kind. EINVAL for none and for one too long, EPERM for the kernel's own.
    /// </summary>
    internal static Errno ReadType(Task task, ulong address, ref Span<byte> kind)
    {
        if (!task.Memory.ReadString(address, kind, Errno.EINVAL).TryGet(out int length, out Errno error))
        {
            return error;
        }

        kind = kind[..length];
        return length == 0 ? Errno.EINVAL : kind[0] == (byte)'.' ? Errno.EPERM : Errno.Success;
    }

    /// <summary>A description. EINVAL for one too long.</summary>
    internal static Errno Read(Task task, ulong address, out byte[]? text)
    {
        Span<byte> buffer = stackalloc byte[TextSize];
        bool done = task.Memory.ReadString(address, buffer, Errno.EINVAL)
            .TryGet(out int length, out Errno error);
        text = done ? buffer[..length].ToArray() : null;
        return error;
    }

    /// <summary>
    /// The content of a key: of one that is too long for any, only that it can be read, and as much as fits.
    /// </summary>
    internal static Errno ReadPayload(Task task, ulong address, int length, byte[] buffer, out int kept)
    {
        kept = Math.Min(length, buffer.Length);
        Errno error = Errno.Success;
        for (int done = 0; done < length && error == Errno.Success; done += ScratchBuffers.Size)
        {
            int part = Math.Min(length - done, buffer.Length);
            error = task.Memory.Read(address + (ulong)done, buffer.AsSpan(0, part));
        }

        return error;
    }
}
