// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Moat.Base;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The kernel's view of one thread area. What is read here is the guest's word: read once, then checked.
/// </summary>
internal sealed unsafe class ThreadArea : IDisposable
{
    private readonly SharedMemory _memory;
    private readonly byte* _base;

    private ThreadArea(SharedMemory memory, int slot)
    {
        _memory = memory;
        _base = memory.Pointer;
        Slot = slot;
        Field<ulong>(StubLayout.Self) = GuestAddress;
        Field<ulong>(StubLayout.Magic) = StubLayout.MagicValue;
        Field<int>(StubLayout.SpinCount) = SpinBudget.Iterations;
        // A thread that comes up runs: it owes us an event.
        Field<uint>(StubLayout.State) = StubLayout.StateReply;
    }

    internal int Slot { get; }

    /// <summary>The number under which a descriptor is installed in the stub for one call of this thread.
    /// </summary>
    internal ulong SlotFd => StubLayout.KeptFds + (ulong)Slot;

    /// <summary>The area's address in the stub.</summary>
    internal ulong GuestAddress => StubLayout.AreaAddress(Slot);

    /// <summary>The memfd, until <see cref="CloseFd"/>.</summary>
    internal int Fd => _memory.Fd;

    internal uint* StateWord => (uint*)(_base + StubLayout.State);

    /// <summary>All bytes.</summary>
    internal Span<byte> Bytes => _memory.Span;

    internal static Result<ThreadArea> Create(int slot)
    {
        if (!SharedMemory.Create("moat-area", StubLayout.AreaSize).TryGet(out SharedMemory? memory,
            out var error))
        {
            return error;
        }

        return new ThreadArea(memory, slot);
    }

    /// <summary>
    /// A word of the area. Not bounds-checked: only with the constants of <see cref="StubLayout"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Field<T>(int offset)
        where T : unmanaged =>
        // SAFETY: offsets are constants or checked, below AreaSize; the memory lives until Dispose.
        ref Unsafe.AsRef<T>(_base + offset);

    /// <summary>A word at an offset that was checked: aligned, and inside the area.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T CheckedField<T>(int offset)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)(StubLayout.AreaSize - sizeof(T)));
        return ref Field<T>(offset);
    }

    /// <summary>Makes the reply visible and wakes the stub if it sleeps; true if it did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool PublishReply()
    {
        Interlocked.Exchange(ref *StateWord, StubLayout.StateReply);
        if (Volatile.Read(ref Field<uint>(StubLayout.StubSleeps)) == 0)
        {
            return false;
        }

        HostFutex.Wake(StateWord);
        return true;
    }

    /// <summary>Ends the wait of a task thread whose stub has died.</summary>
    internal void PublishDeath()
    {
        Interlocked.Exchange(ref *StateWord, StubLayout.StateDead);
        HostFutex.Wake(StateWord, int.MaxValue);
    }

    internal void CloseFd() => _memory.CloseFd();

    public void Dispose() => _memory.Dispose();
}
