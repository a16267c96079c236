// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;

namespace Moat.Host.Files;

/// <summary>Reads files of /proc at start: open, read, close, without a stream and its buffers.</summary>
public static class ProcFile
{
    private const int FirstBytes = 4096;

    /// <summary>A whole file as text; empty when it cannot be read.</summary>
    public static string Read(string path)
    {
        if (!HostPath.Open(HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(path),
            OpenFlags.ReadOnly | OpenFlags.CloseOnExec).TryGet(out int fd, out _))
        {
            return "";
        }

        byte[] buffer = new byte[FirstBytes];
        int length = 0;
        while (HostFile.Read(fd, buffer.AsSpan(length)).TryGet(out int count, out _) && count > 0)
        {
            length += count;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * length);
            }
        }

        HostFile.Close(fd);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
