// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using HostShared = Moat.Host.Shared.SharedMemory;

namespace Moat.Kernel.Async;

/// <summary>
/// Memory that a guest maps and the kernel process has mapped too: rings of AIO and io_uring.
/// </summary>
/// <remarks>
/// Invariants: its size is sealed, so that touching it cannot fault whatever a guest does. All that is read
/// from it is hostile: read once, masked or checked, then used.
/// </remarks>
public sealed class RingMemory : MemoryObject
{
    private static long s_lastInode = 1;

    private readonly HostShared _memory;
    private readonly string _name;

    private RingMemory(HostShared memory, string name)
    {
        _memory = memory;
        _name = name;
        InodeNumber = (ulong)Interlocked.Increment(ref s_lastInode);
    }

    public override int HostFd => _memory.Fd;

    public override ulong DeviceId => 14;

    public override ulong InodeNumber { get; }

    public override string Name => _name;

    /// <summary>All of it; only for who holds a reference.</summary>
    public Span<byte> Span => _memory.Span;

    /// <summary>Size in bytes.</summary>
    public int Length => _memory.Length;

    /// <summary>Makes zeroed memory.</summary>
    /// <param name="length">Bytes, a whole number of pages.</param>
    /// <param name="name">Shown in /proc/PID/maps.</param>
    public static Result<RingMemory> Create(int length, string name) =>
        HostShared.Create("moat-ring", length).TryGet(out HostShared? memory, out Errno error)
            ? new RingMemory(memory, name) : error == Errno.EMFILE ? Errno.ENFILE : error;

    /// <summary>A word that both sides read and write.</summary>
    public ref uint Word(int offset) =>
        ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(_memory.Span.Slice(offset, 4)));

    protected override void Destroy() => _memory.Dispose();
}
