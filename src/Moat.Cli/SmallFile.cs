// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Host.Files;

namespace Moat.Cli;

/// <summary>Reads small files of /proc at start: one open, read and close, no stream.</summary>
internal static class SmallFile
{
    private const int MaximumBytes = 8192;

    /// <summary>The first 8 KiB of a file as text; empty when it cannot be read.</summary>
    internal static string Read(string path)
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
