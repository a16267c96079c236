// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Pipes;

/// <summary>An end of a pipe, or an open FIFO.</summary>
/// <remarks>
/// Invariants: counted in the buffer's readers and writers from construction until it is destroyed.
/// </remarks>
public class PipeFile : OpenFile
{
    private const uint FifoMode = 0x1180;

    private readonly InodeAttributes _attributes;
    private readonly bool _mayRead;
    private readonly bool _mayWrite;
    private readonly int _readerOpensSeen;
    private readonly int _writerOpensSeen;

    /// <inheritdoc/>
    public override bool TellsByFlag => true;

    /// <inheritdoc/>
    public override int WriteUnit => PipeBuffer.AtomicSize;

    /// <summary>Opens an end of a buffer; a FIFO's file also needs <see cref="CompleteOpen"/>.</summary>
    /// <param name="buffer">The pipe.</param>
    /// <param name="flags">Access mode and status flags.</param>
    /// <param name="attributes">What fstat says of a nameless pipe.</param>
    /// <param name="isFifo">No hang-up is shown to a reader before a writer has come and gone.</param>
    public PipeFile(PipeBuffer buffer, OpenFlags flags, in InodeAttributes attributes, bool isFifo)
        : base(flags)
    {
        Buffer = buffer;
        _attributes = attributes;
        _mayRead = CanRead;
        _mayWrite = CanWrite;
        (_, _, _readerOpensSeen, int writerOpens) = buffer.Counts;
        _writerOpensSeen = isFifo ? writerOpens : -1;
        buffer.Open(_mayRead, _mayWrite);
    }

    /// <summary>
    /// True for a FIFO. A nameless pipe that is opened again (/proc/PID/fd) waits for nobody (fs/pipe.c).
    /// </summary>
    protected virtual bool HasName => false;

    /// <summary>The pipe.</summary>
    public PipeBuffer Buffer { get; }

    /// <inheritdoc/>
    public override string AnonymousName => $"pipe:[{_attributes.InodeNumber}]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue => Buffer.WaitQueue;

    /// <summary>A pipe's two ends (pipe2(2)).</summary>
    public static (PipeFile Read, PipeFile Write) CreatePair(Caller caller, OpenFlags flags)
    {
        var buffer = new PipeBuffer();
        InodeAttributes attributes = AnonymousInodes.Describe(
            AnonymousInodes.PipeDevice, AnonymousInodes.Next(), FifoMode, caller.Credentials);
        OpenFlags status = flags & (OpenFlags.NonBlock | OpenFlags.Direct);
        return (new PipeFile(buffer, status | OpenFlags.ReadOnly, attributes, isFifo: false),
            new PipeFile(buffer, status | OpenFlags.WriteOnly, attributes, isFifo: false));
    }

    /// <inheritdoc/>
    public override Errno CompleteOpen(Caller caller)
    {
        // fifo(7): each side waits for the other; O_RDWR never waits; a writer with O_NONBLOCK needs a
        // reader.
        (int readers, int writers, int readerOpens, int writerOpens) = Buffer.Counts;
        if ((_mayRead && _mayWrite) || !HasName)
        {
            return Errno.Success;
        }

        if (_mayRead)
        {
            return IsNonBlocking || writers > 0 || writerOpens != _writerOpensSeen
                ? Errno.Success : Errno.EAGAIN;
        }

        if (readers > 0 || readerOpens != _readerOpensSeen)
        {
            return Errno.Success;
        }

        return IsNonBlocking ? Errno.ENXIO : Errno.EAGAIN;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller) => Buffer.Poll(_mayRead, _mayWrite, _writerOpensSeen);

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer) => Buffer.Read(buffer);

    /// <inheritdoc/>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered) =>
        Buffer.GiveBack(bytes, delivered);

    /// <inheritdoc/>
    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) =>
        (Flags & OpenFlags.Direct) != 0 ? Buffer.WritePacket(buffer) : Buffer.Write(buffer);

    /// <inheritdoc/>
    protected override int? UnreadBytes => Buffer.Available;

    /// <inheritdoc/>
    public override Result<OpenFile> Reopen(Caller caller, OpenFlags flags) =>
        new PipeFile(Buffer, flags, _attributes, isFifo: true);

    /// <inheritdoc/>
    protected override void Destroy() => Buffer.Close(_mayRead, _mayWrite);
}
