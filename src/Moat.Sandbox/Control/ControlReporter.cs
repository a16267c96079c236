// SPDX-License-Identifier: Apache-2.0
using Moat.Control.Messages;
using Moat.Host.Sockets;

namespace Moat.Sandbox.Control;

/// <summary>Tells the launcher what happens.</summary>
internal sealed class ControlReporter
{
    private readonly int _socket;

    internal ControlReporter(int socket) => _socket = socket;

    /// <summary>The control socket.</summary>
    internal int Fd => _socket;

    /// <summary>Sends a message; a launcher that is gone is not an error.</summary>
    internal void Send(ControlMessage message)
    {
        System.Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        _ = HostSocket.Send(_socket, message.Encode(buffer));
    }

    /// <summary>The start failed.</summary>
    internal void Failed(int status, string text) =>
        Send(new ControlMessage(ControlKind.Failed, status, text));
}
