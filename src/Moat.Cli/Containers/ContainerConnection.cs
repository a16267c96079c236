// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Control.Messages;
using Moat.Host.Files;
using Moat.Host.Sockets;

namespace Moat.Cli.Containers;

/// <summary>A connection to a running kernel process.</summary>
internal sealed class ContainerConnection : IDisposable
{
    private ContainerConnection(int fd) => Fd = fd;

    /// <summary>The socket.</summary>
    internal int Fd { get; }

    /// <summary>Connects; null when the container has stopped.</summary>
    internal static ContainerConnection? Open(ContainerStore store, string id) =>
        HostSocket.Connect(store.SocketPath(id)).TryGet(out int fd, out _) ? new ContainerConnection(fd)
            : null;

    /// <summary>Sends a message.</summary>
    internal bool Send(ControlMessage message, params ReadOnlySpan<int> descriptors)
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        return HostSocket.Send(Fd, message.Encode(buffer), descriptors) == Abi.Errno.Success;
    }

    /// <summary>Waits for a message; its kind is None when the other side is gone.</summary>
    internal ControlMessage Receive()
    {
        Span<byte> buffer = stackalloc byte[ControlMessage.MaximumBytes];
        Result<int> received = HostSocket.Receive(Fd, buffer, [], out _);
        return received.TryGet(out int length, out _) && length > 0 ? ControlMessage.Decode(buffer[..length])
            : default;
    }

    /// <summary>Sends a message and waits for the answer; an error when it is Failed or missing.</summary>
    internal MoatError? Ask(ControlMessage message, out ControlMessage answer)
    {
        answer = Send(message) ? Receive() : default;
        return answer.Kind switch
        {
            ControlKind.Failed =>
                new MoatError(answer.Value is >= 125 and <= 127 ? answer.Value : 125, answer.Text),
            ControlKind.None => MoatError.Of("the container ended before it answered"),
            _ => null,
        };
    }

    /// <summary>Closes.</summary>
    public void Dispose() => HostFile.Close(Fd);
}
