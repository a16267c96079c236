// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Kernel.Tasks;

namespace Moat.FileSystems.Fuse;

/// <summary>One question to a daemon, from its making to its answer.</summary>
/// <remarks>
/// Locks: the connection's; <see cref="Reply"/> and <see cref="Error"/> are the waiter's once
/// <see cref="IsDone"/>.
/// </remarks>
internal sealed class FuseRequest
{
    /// <summary>Bytes of struct fuse_in_header.</summary>
    internal const int HeaderSize = 40;

    private volatile bool _isDone;

    /// <summary>A request with room for a body.</summary>
    /// <param name="opcode">What is asked.</param>
    /// <param name="node">The node that it is about.</param>
    /// <param name="bodySize">Bytes that follow the header.</param>
    /// <param name="least">Bytes that a good answer has at least.</param>
    /// <param name="most">Bytes that it has at most.</param>
    internal FuseRequest(FuseOpcode opcode, ulong node, int bodySize, int least = 0, int most = 0)
    {
        Opcode = opcode;
        Node = node;
        Message = new byte[HeaderSize + bodySize];
        Least = least;
        Most = Math.Max(least, most);
        Charge = 256 + Message.Length + Most;
    }

    internal FuseOpcode Opcode { get; }

    internal ulong Node { get; }

    /// <summary>Header and body; empty once it was sent.</summary>
    internal byte[] Message { get; set; }

    internal Span<byte> Body => Message.AsSpan(HeaderSize);

    internal int Least { get; }

    internal int Most { get; }

    /// <summary>Bytes of kernel memory that it may come to hold.</summary>
    internal int Charge { get; }

    internal ulong Unique { get; set; }

    /// <summary>Who asks, as the daemon numbers users and processes; all 0 for the kernel.</summary>
    internal (uint Uid, uint Gid, uint Pid) Asker { get; set; }

    /// <summary>Who waits; null when nobody does (any more).</summary>
    internal Task? Waiter { get; set; }

    /// <summary>Nobody ever waits for its answer.</summary>
    internal bool IsLoose { get; set; }

    /// <summary>Its place in the queue until the daemon has read it.</summary>
    internal LinkedListNode<FuseRequest>? Place { get; set; }

    /// <summary>A signal came for who waits.</summary>
    internal bool IsInterrupted { get; set; }

    internal byte[] Reply { get; private set; } = [];

    internal Errno Error { get; private set; }

    internal bool IsDone => _isDone;

    /// <summary>Answers it.</summary>
    internal void Finish(Errno error, byte[] reply)
    {
        Error = error;
        Reply = reply;
        Message = [];
        _isDone = true;
        Interlocked.MemoryBarrier();
        Waiter?.WakeUp();
    }
}
