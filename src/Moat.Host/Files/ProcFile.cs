// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;

namespace Moat.Host.Files;

/// <summary>Reads files of /proc at start: open, read, close, without a stream and its buffers.</summary>
public static class ProcFile
{
    private const int MaximumBytes = 16384;

    /// <summary>The first 16 KiB of a file as text; empty when it cannot be read.</summary>
    public static string Read(string path)
    {
        if (!HostPath.Open(HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(path),
            OpenFlags.ReadOnly | OpenFlags.CloseOnExec).TryGet(out int fd, out _))
        {
            return "";
        }

        Span<byte> buffer = stackalloc byte[MaximumBytes];
        int length = 0;
        while (length < buffer.Length
            && HostFile.Read(fd, buffer[length..]).TryGet(out int count, out _) && count > 0)
        {
            length += count;
        }

        HostFile.Close(fd);
        return Encoding.UTF8.GetString(buffer[..length]);
    }
}
