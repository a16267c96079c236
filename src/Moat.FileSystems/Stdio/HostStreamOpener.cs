// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.Stdio;

/// <summary>Finds out what an inherited host descriptor is and makes a guest file of it.</summary>
public static class HostStreamOpener
{
    private const uint GetAttributesCommand = 0x5401;
    private const int TermiosSize = 36;

    /// <summary>
    /// Makes a file for standard input, output or error. Call it before the kernel process is confined.
    /// </summary>
    /// <param name="poller">Watches the descriptor if it can block.</param>
    /// <param name="hostFd">The inherited descriptor; owned by the file afterwards.</param>
    /// <param name="terminal">The terminal of an earlier stream; two streams of one terminal share
    /// it.</param>
    public static Result<OpenFile> Open(HostPoller poller, int hostFd, ref CallerTerminal? terminal)
    {
        if (!HostFile.GetFlags(hostFd).TryGet(out OpenFlags flags, out Errno error))
        {
            return error;
        }

        error = HostPath.Stat(hostFd, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success)
        {
            return error;
        }

        OpenFlags kept = flags & (OpenFlags.AccessMode | OpenFlags.Append | OpenFlags.NonBlock);
        uint type = stat.Mode & 0xf000u;
        switch (type)
        {
            case 0x1000:
            case 0x2000:
                int own = Reopen(hostFd, flags);
                HostStreamKind kind = own == hostFd ? HostStreamKind.Blocking : HostStreamKind.NonBlocking;
                if (type == 0x2000 && IsTerminal(hostFd))
                {
                    terminal ??= new CallerTerminal();
                    var file = new HostTerminalFile(poller, hostFd, own, kind, kept, terminal);
                    terminal.Adopt(file);
                    return file;
                }

                return new HostStreamFile(poller, hostFd, own, kind, type, kept);
            case 0xc000:
                return new HostStreamFile(poller, hostFd, hostFd, HostStreamKind.Socket, type, kept);
            default:
                return new HostStreamFile(poller, hostFd, hostFd, HostStreamKind.Plain, type, kept);
        }
    }

    private static int Reopen(int hostFd, OpenFlags flags)
    {
        OpenFlags wanted = (flags & OpenFlags.AccessMode) | OpenFlags.NonBlock
            | OpenFlags.NoControllingTerminal
            | OpenFlags.CloseOnExec;
        return HostStream.Reopen(hostFd, wanted).TryGet(out int own, out _) ? own : hostFd;
    }

    private static bool IsTerminal(int hostFd)
    {
        Span<byte> termios = stackalloc byte[TermiosSize];
        return HostStream.Ioctl(hostFd, GetAttributesCommand, termios) == Errno.Success;
    }
}
