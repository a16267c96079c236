// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.Kernel.Loading;

/// <summary>Reads parts of a program file.</summary>
internal static class FileReader
{
    /// <summary>Fills the buffer, or EIO when the file ends before, as Linux's elf_read.</summary>
    public static Errno ReadExactly(Caller caller, OpenFile file, Span<byte> buffer, long offset)
    {
        Result<int> got = ReadUpTo(caller, file, buffer, offset);
        return !got.IsOk ? got.Error : got.Value == buffer.Length ? Errno.Success : Errno.EIO;
    }

    /// <summary>Reads until the buffer is full or the file ends; returns how many bytes there were.</summary>
    public static Result<int> ReadUpTo(Caller caller, OpenFile file, Span<byte> buffer, long offset)
    {
        Errno denied = FilePermission.ToRead(caller, file);
        if (denied != Errno.Success)
        {
            return denied;
        }

        int done = 0;
        while (done < buffer.Length)
        {
            if (!file.ReadAt(caller, buffer[done..], offset + done).TryGet(out int got, out Errno error))
            {
                return error;
            }

            if (got == 0)
            {
                break;
            }

            done += got;
        }

        if (done > 0)
        {
            FileNotify.Accessed(file);
        }

        return done;
    }
}
