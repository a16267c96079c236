// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Control.Boot;
using Moat.Host.Files;
using Moat.Sandbox.Boot;

namespace Moat.Sandbox.Control;

/// <summary>Reads a request that came as a memory file.</summary>
internal static class MemfdReader
{
    private const int Failed = 125;

    /// <summary>All its bytes; the descriptor is closed.</summary>
    /// <exception cref="BootException">It is empty, too long or cannot be read.</exception>
    internal static byte[] ReadAndClose(int fd)
    {
        Errno error = HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success || stat.Size is 0 or > BootFormat.MaximumBytes)
        {
            throw new BootException(Failed, "boot: no request; this command is started by moat itself");
        }

        var bytes = new byte[(int)stat.Size];
        int done = 0;
        while (done < bytes.Length)
        {
            Result<int> read = HostFile.Pread(fd, bytes.AsSpan(done), done);
            if (!read.TryGet(out int count, out error) || count == 0)
            {
                throw new BootException(Failed, $"boot: reading the request: {error}");
            }

            done += count;
        }

        HostFile.Close(fd);
        return bytes;
    }
}
