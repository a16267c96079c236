// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Sockets.Unix;

/// <summary>What waits to be received by one local socket.</summary>
/// <remarks>
/// Locks: its own, of rank Object. Sockets are woken, and files released, after it is left.
/// Invariants: _bytes is the sum of the messages' lengths; nothing is added once it is closed.
/// </remarks>
internal sealed class UnixQueue(UnixSocket owner)
{
    /// <summary>
    /// How many datagrams may wait (net.unix.max_dgram_qlen), one more than which fills the queue.
    /// </summary>
    private const int MaximumDatagrams = 10;

    // What a message with few bytes takes of a buffer (SKB_TRUESIZE).
    private const int MessageCost = 768;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly UnixSenders _senders = new();
    private readonly UnixSeams _seams = new();
    private UnixMessageList _messages;
    private UnixMessage? _spare;
    private PeerCredentials _takenFrom;
    private int _bytes;
    private bool _closed;
    private bool _ended;

    /// <summary>True when something can be received, an end of file too.</summary>
    internal bool IsReadable
    {
        get
        {
            using (_lock.Enter())
            {
                return _messages.Count > 0 || _ended || _closed;
            }
        }
    }

    /// <summary>True when no more will come: the other side has shut down or closed.</summary>
    internal bool HasEnded
    {
        get
        {
            using (_lock.Enter())
            {
                return _ended;
            }
        }
    }

    internal int ByteCount
    {
        get
        {
            using (_lock.Enter())
            {
                return _bytes;
            }
        }
    }

    /// <summary>The length of the first message (FIONREAD of datagrams), or 0.</summary>
    internal int FirstLength
    {
        get
        {
            using (_lock.Enter())
            {
                return _messages.First?.Bytes.Length ?? 0;
            }
        }
    }

    /// <summary>True when a sender with such a buffer may send; else it is woken when that changes.</summary>
    internal bool IsWritable(UnixSocket sender, int sendBuffer)
    {
        using (_lock.Enter())
        {
            if (_closed || HasRoomLocked(sendBuffer))
            {
                return true;
            }

            _senders.Remember(sender);
            return false;
        }
    }

    /// <summary>Appends bytes of a stream: as many as the sender's buffer allows.</summary>
    internal Result<int> Append(UnixSocket sender, ReadOnlySpan<byte> bytes, int sendBuffer,
        ref Ancillary ancillary)
    {
        int taken;
        using (_lock.Enter())
        {
            if (_closed)
            {
                return Errno.EPIPE;
            }

            taken = Math.Min(bytes.Length, sendBuffer - ChargedLocked);
            if (taken <= 0 && !bytes.IsEmpty)
            {
                _senders.Remember(sender);
                return Errno.EAGAIN;
            }

            int left = taken;
            if (_messages.Last is { } last && ancillary.Files is null && last.Ancillary.Files is null
                && last.Ancillary.Sender == ancillary.Sender)
            {
                left -= last.Append(bytes[..taken]);
            }

            if (left > 0)
            {
                _messages.AddLast(NewMessageLocked(bytes[(taken - left)..taken], mayGrow: true, ancillary));
                ancillary.Files = null;
            }

            _bytes += taken;
        }

        owner.WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return taken;
    }

    /// <summary>Appends one message: EAGAIN when it does not fit.</summary>
    internal Result<int> AppendMessage(
        UnixSocket sender, ReadOnlySpan<byte> bytes, int sendBuffer, ref Ancillary ancillary)
    {
        using (_lock.Enter())
        {
            if (_closed)
            {
                return Errno.EPIPE;
            }

            bool fits = _messages.Count == 0
                || (HasRoomLocked(sendBuffer) && ChargedLocked + bytes.Length <= sendBuffer);
            if (!fits)
            {
                _senders.Remember(sender);
                return Errno.EAGAIN;
            }

            _messages.AddLast(NewMessageLocked(bytes, mayGrow: false, ancillary));
            _bytes += bytes.Length;
            ancillary.Files = null;
        }

        owner.WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return bytes.Length;
    }

    /// <summary>
    /// Takes bytes of a stream, up to a message with files or another sender; 0 at the end, EAGAIN.
    /// </summary>
    internal Result<int> Take(Span<byte> buffer, bool peek, bool splitSenders, ref Ancillary ancillary)
    {
        int done = 0;
        using (_lock.Enter())
        {
            if (_messages.Count == 0)
            {
                return _ended || _closed || buffer.IsEmpty ? 0 : Errno.EAGAIN;
            }

            _seams.Clear();
            UnixMessage? message = _messages.First;
            while (message is not null && CanJoin(message, done, splitSenders, ancillary))
            {
                _seams.Add(done);
                bool hasFiles = message.Ancillary.Files is not null;
                int copied = Copy(message, buffer[done..], keepFiles: peek, ref ancillary);
                done += copied;
                message = peek ? message.Next : TakeLocked(message, copied);
                if (done == buffer.Length || hasFiles)
                {
                    break;
                }
            }

            _takenFrom = ancillary.Sender;
        }

        if (!peek)
        {
            WakeSenders();
        }

        return done;
    }

    /// <summary>Takes one message; what does not fit the buffer is lost.</summary>
    /// <returns>
    /// Its whole length when that is asked for, else how much fitted; 0 at the end; EAGAIN.
    /// </returns>
    internal Result<int> TakeMessage(Span<byte> buffer, bool peek, bool wholeLength, ref Ancillary ancillary)
    {
        int result;
        using (_lock.Enter())
        {
            if (_messages.First is not { } message)
            {
                return _ended || _closed ? 0 : Errno.EAGAIN;
            }

            int length = message.Bytes.Length;
            ancillary.Address = message.Ancillary.Address;
            int copied = Copy(message, buffer, keepFiles: peek, ref ancillary);
            ancillary.Flags |= copied < length ? MessageFlags.Truncated : 0;
            result = wholeLength ? length : copied;
            if (!peek)
            {
                _bytes -= length;
                DequeueLocked();
            }
        }

        if (!peek)
        {
            WakeSenders();
        }

        return result;
    }

    /// <summary>
    /// Puts back what was taken of a stream and not delivered, but for whole messages
    /// (unix_stream_read_generic). With files, which come with one message only, all goes back.
    /// </summary>
    /// <param name="bytes">All that was taken or peeked at.</param>
    /// <param name="delivered">How much of it went before the fault.</param>
    /// <param name="peek">It was only peeked at.</param>
    /// <param name="ancillary">What came with it.</param>
    /// <returns>How much counts as received.</returns>
    internal int GiveBack(ReadOnlySpan<byte> bytes, int delivered, bool peek, ref Ancillary ancillary)
    {
        int kept;
        using (_lock.Enter())
        {
            kept = _seams.Whole(delivered);
            if (peek)
            {
                return kept;
            }

            var beside = new Ancillary { Sender = _takenFrom, Files = ancillary.Files };
            for (int end = bytes.Length; end > kept; end = _seams.Cut(end))
            {
                ReadOnlySpan<byte> piece = bytes[_seams.Cut(end)..end];
                _messages.AddFirst(NewMessageLocked(piece, mayGrow: false, beside));
                beside.Files = null;
            }

            ancillary.Files = null;
            _bytes += bytes.Length - kept;
        }

        owner.WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return kept;
    }

    /// <summary>Adds the files that wait in it.</summary>
    internal void ListFiles(List<OpenFile> files)
    {
        using (_lock.Enter())
        {
            for (UnixMessage? message = _messages.First; message is not null; message = message.Next)
            {
                if (message.Ancillary.Files is { } passed)
                {
                    files.AddRange(passed.Files);
                }
            }
        }
    }

    /// <summary>No more will come; what is there can still be received.</summary>
    internal void End()
    {
        using (_lock.Enter())
        {
            _ended = true;
        }
    }

    /// <summary>
    /// The owner receives no more: senders get EPIPE. Returns true when something was lost.
    /// </summary>
    internal bool Close(bool discard)
    {
        UnixMessageList lost = default;
        using (_lock.Enter())
        {
            _closed = true;
            if (discard)
            {
                lost = _messages;
                _messages = default;
                _bytes = 0;
            }
        }

        bool any = lost.Count > 0;
        while (lost.Count > 0)
        {
            UnixMessage message = lost.RemoveFirst();
            message.Ancillary.ReleaseFiles();
            message.Empty();
        }

        WakeSenders();
        return any;
    }

    private static bool CanJoin(UnixMessage message, int done, bool splitSenders, in Ancillary ancillary) =>
        done == 0 || (message.Ancillary.Files is null
            && (!splitSenders || message.Ancillary.Sender == ancillary.Sender));

    private static int Copy(UnixMessage message, Span<byte> buffer, bool keepFiles, ref Ancillary ancillary)
    {
        int count = Math.Min(buffer.Length, message.Bytes.Length);
        message.Bytes[..count].CopyTo(buffer);
        ancillary.Sender = message.Ancillary.Sender;
        if (message.Ancillary.Files is { } files)
        {
            ancillary.Files = keepFiles ? files.Copy() : files;
            if (!keepFiles)
            {
                message.Ancillary.Files = null;
            }
        }

        return count;
    }

    // A quarter of the buffer is when Linux calls a socket writable (unix_writable); for datagrams their
    // number counts.
    private bool HasRoomLocked(int sendBuffer) => owner.KeepsMessages
        ? owner.Type == SocketType.Datagram ? _messages.Count <= MaximumDatagrams : ChargedLocked < sendBuffer
        : ChargedLocked <= sendBuffer / 4;

    // What the bytes cost, and the messages themselves: many small ones fill a buffer, too.
    private int ChargedLocked => _bytes + (_messages.Count * MessageCost);

    private UnixMessage NewMessageLocked(ReadOnlySpan<byte> bytes, bool mayGrow, in Ancillary ancillary)
    {
        UnixMessage message = _spare ?? new UnixMessage();
        _spare = null;
        message.Fill(bytes, mayGrow, ancillary);
        return message;
    }

    // Takes bytes off the first message; the one to go on with.
    private UnixMessage? TakeLocked(UnixMessage message, int count)
    {
        message.Skip(count);
        _bytes -= count;
        if (message.Bytes.IsEmpty)
        {
            DequeueLocked();
        }

        return _messages.First;
    }

    private void DequeueLocked()
    {
        UnixMessage message = _messages.RemoveFirst();
        message.Empty();
        _spare = message;
    }

    private void WakeSenders()
    {
        UnixSocket[] senders;
        using (_lock.Enter())
        {
            senders = _closed || HasRoomLocked(owner.ReceiveBuffer) ? _senders.Take() : [];
        }

        UnixSenders.Wake(senders);
    }
}
