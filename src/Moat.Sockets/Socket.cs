// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Sockets;

/// <summary>
/// An open socket of any family. Nothing here blocks: EAGAIN means wait on the file's queue and try again.
/// </summary>
public abstract class Socket : OpenFile
{
    private const int DefaultBuffer = 212992;

    private readonly InodeAttributes _attributes;

    /// <summary>A socket of a family and type.</summary>
    protected Socket(Task task, AddressFamily family, SocketType type, bool nonBlocking)
        : base(OpenFlags.ReadWrite | (nonBlocking ? OpenFlags.NonBlock : 0))
    {
        Family = family;
        Type = type;
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.SocketDevice, AnonymousInodes.Next(), 0xc1ff, task.Credentials);
    }

    public AddressFamily Family { get; }

    /// <summary>The type without flags.</summary>
    public SocketType Type { get; }

    /// <summary>SO_SNDBUF.</summary>
    public int SendBuffer { get; set; } = DefaultBuffer;

    /// <summary>SO_RCVBUF.</summary>
    public int ReceiveBuffer { get; set; } = DefaultBuffer;

    /// <summary>SO_RCVTIMEO in nanoseconds; 0 for none.</summary>
    public long ReceiveTimeoutNs { get; set; }

    /// <summary>SO_SNDTIMEO in nanoseconds; 0 for none.</summary>
    public long SendTimeoutNs { get; set; }

    /// <summary>SO_PASSCRED.</summary>
    public bool PassesCredentials { get; set; }

    /// <summary>Options without effect here that must read back as they were set.</summary>
    public ulong StoredFlags { get; set; }

    /// <summary>st_ino.</summary>
    private protected ulong InodeNumber => _attributes.InodeNumber;

    /// <summary>True after listen(2).</summary>
    public abstract bool IsListening { get; }

    /// <summary>SO_PEERCRED.</summary>
    public abstract PeerCredentials Peer { get; }

    /// <inheritdoc/>
    public override string AnonymousName => $"socket:[{_attributes.InodeNumber}]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue { get; } = new();

    /// <inheritdoc/>
    public override bool TellsByFlag => true;

    /// <inheritdoc/>
    public override bool KeepsMessages => Type != SocketType.Stream;

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>bind(2); the address begins with its family.</summary>
    public abstract Errno Bind(Task task, ReadOnlySpan<byte> address);

    /// <summary>listen(2).</summary>
    public abstract Errno Listen(Task task, int backlog);

    /// <summary>accept(2): the next connection, whose reference is the caller's.</summary>
    public abstract Result<Socket> Accept(Task task, bool nonBlocking);

    /// <summary>connect(2).</summary>
    public abstract Errno Connect(Task task, ReadOnlySpan<byte> address);

    /// <summary>shutdown(2): 0 reading, 1 writing, 2 both.</summary>
    public abstract Errno Shutdown(int how);

    /// <summary>getsockname(2): the raw address.</summary>
    public abstract byte[] LocalAddress { get; }

    /// <summary>getpeername(2): ENOTCONN.</summary>
    public abstract Result<byte[]> GetPeerAddress();

    /// <summary>Sends bytes; ancillary files are taken over when it succeeds.</summary>
    public abstract Result<int> Send(Task task, ReadOnlySpan<byte> bytes, ref Ancillary ancillary);

    /// <summary>
    /// Receives bytes; the length of the whole message with MSG_TRUNC. Files in the ancillary data are the
    /// caller's.
    /// </summary>
    public abstract Result<int> Receive(Task task, Span<byte> bytes, MessageFlags flags,
        ref Ancillary ancillary);

    /// <summary>
    /// Takes back what was received of a stream and could not be delivered; a message is lost.
    /// </summary>
    /// <param name="bytes">All that was received.</param>
    /// <param name="delivered">How much of it went before the caller's memory faulted.</param>
    /// <param name="flags">Those it was received with.</param>
    /// <param name="ancillary">What came with it; files that go back are taken out.</param>
    /// <returns>How much counts as received.</returns>
    public abstract int GiveBack(ReadOnlySpan<byte> bytes, int delivered, MessageFlags flags,
        ref Ancillary ancillary);

    /// <summary>SO_ERROR: takes the pending error.</summary>
    public abstract Errno TakeError();

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        Ancillary ancillary = default;
        Result<int> result = Receive((Task)caller, buffer, MessageFlags.None, ref ancillary);
        ancillary.ReleaseFiles();
        return result;
    }

    /// <inheritdoc/>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered)
    {
        Ancillary none = default;
        return GiveBack(bytes, delivered, MessageFlags.None, ref none);
    }

    /// <inheritdoc/>
    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        Ancillary ancillary = default;
        return Send((Task)caller, buffer, ref ancillary);
    }
}
