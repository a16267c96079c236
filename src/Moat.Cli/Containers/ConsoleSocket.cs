// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Host.Files;
using Moat.Host.Sockets;

namespace Moat.Cli.Containers;

/// <summary>
/// Makes a terminal for a container and hands its master side to the caller, as runc --console-socket does.
/// </summary>
internal static class ConsoleSocket
{
    /// <summary>Null and the container's side of the terminal, or an error.</summary>
    internal static MoatError? Send(string path, OciSize size, out int terminal)
    {
        terminal = -1;
        Result<int> opened = HostPath.Open(
            HostPath.CurrentDirectory, "/dev/ptmx"u8,
            OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec);
        if (!opened.TryGet(out int master, out Errno error)
            || !HostTerminal.OpenOtherSide(master).TryGet(out terminal, out error))
        {
            return MoatError.Of($"making a terminal: {ErrorText.Of(error)}; is /dev/pts mounted?");
        }

        _ = HostTerminal.SetSize(terminal, size.Rows, size.Columns);
        if (!HostSocket.ConnectStream(path).TryGet(out int socket, out error))
        {
            return MoatError.Of($"--console-socket {path}: {ErrorText.Of(error)}");
        }

        error = HostSocket.Send(socket, Encoding.UTF8.GetBytes("/dev/ptmx"), [master]);
        HostFile.Close(socket);
        HostFile.Close(master);
        return error == Errno.Success ? null
            : MoatError.Of($"--console-socket {path}: {ErrorText.Of(error)}");
    }

    /// <summary>A terminal's size; zeros leave it as it is.</summary>
    internal readonly record struct OciSize(ushort Rows, ushort Columns);
}
