// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// A task's own memory during its system calls: what the stub copied ahead is read from the window, small
/// outputs go through it; everything else goes the way of <see cref="StubMemory"/>.
/// </summary>
/// <remarks>
/// Only for the task's own thread. Outputs are queued only where the books say that they cannot fail
/// (private writable mappings), so that a call's result is what it would be on Linux; should a mapping go
/// meanwhile, the call ends with EFAULT. They reach the guest before the task sleeps or resumes.
/// </remarks>
public sealed class CallMemory : UserMemory
{
    private StubThread _stub = null!;
    private bool _isAttached;
    private StubMemory _memory = null!;
    private AddressSpace _space = null!;
    private WritableRange _recent;
    private WritableRange _older;

    /// <summary>The memory behind, for other threads and for words that other threads watch.</summary>
    public StubMemory Direct => _memory;

    /// <summary>The task has a stub, or another.</summary>
    public void Attach(StubThread stub, StubMemory memory, AddressSpace space)
    {
        _isAttached = true;
        _stub = stub;
        _memory = memory;
        _space = space;
        _recent = default;
        _older = default;
    }

    /// <inheritdoc/>
    public override bool IsAtomic => _memory.IsAtomic;

    /// <inheritdoc/>
    public override int ReadPartial(ulong address, Span<byte> destination)
    {
        ReadOnlySpan<byte> input = _stub.Window.Input(address);
        if (input.Length >= destination.Length && !destination.IsEmpty)
        {
            input[..destination.Length].CopyTo(destination);
            return destination.Length;
        }

        if (_stub.Window.Outputs > 0)
        {
            // It may read what it has just written.
            Flush();
        }

        return _memory.ReadPartial(address, destination);
    }

    /// <inheritdoc/>
    public override int WritePartial(ulong address, ReadOnlySpan<byte> source)
    {
        CallWindow window = _stub.Window;
        if (window.IsOpen && source.Length is > 0 and <= StubLayout.LargestTransfer
            && IsWritable(address, (ulong)source.Length))
        {
            Span<byte> room = window.QueueOutput(address, source.Length);
            if (!room.IsEmpty)
            {
                source.CopyTo(room);
                return source.Length;
            }
        }

        window.DropInputs(address, source.Length);
        if (window.Outputs > 0)
        {
            // Later bytes must not come first.
            Flush();
        }

        return _memory.WritePartial(address, source);
    }

    /// <inheritdoc/>
    public override Result<int> ReadString(ulong address, Span<byte> buffer,
        Errno tooLong = Errno.ENAMETOOLONG)
    {
        ReadOnlySpan<byte> input = _stub.Window.Input(address);
        if (!input.IsEmpty)
        {
            int length = Math.Min(input.Length, buffer.Length);
            input[..length].CopyTo(buffer);
            // Looked for in the copy: the guest can still write to the window.
            int nul = buffer[..length].IndexOf((byte)0);
            if (nul >= 0)
            {
                return nul;
            }
        }

        return base.ReadString(address, buffer, tooLong);
    }

    /// <inheritdoc/>
    public override Errno CompareExchange(ulong address, uint expected, uint desired, out uint observed) =>
        _memory.CompareExchange(address, expected, desired, out observed);

    /// <summary>Writes what is queued, now; false when the guest has unmapped some of it meanwhile.</summary>
    public bool Flush() => !_isAttached || _stub.FlushOutputs();

    /// <summary>Writes what is queued and forgets inputs: somebody else may look and write now.</summary>
    public void Settle()
    {
        if (_isAttached)
        {
            _ = _stub.FlushOutputs();
            _stub.Window.DropAllInputs();
        }
    }

    private bool IsWritable(ulong address, ulong length)
    {
        int version = _space.Version;
        if (_recent.Holds(version, address, length))
        {
            return true;
        }

        if (!_older.Holds(version, address, length))
        {
            WritableRange found = _space.FindPrivateWritable(address);
            if (!found.Holds(found.Version, address, length))
            {
                return false;
            }

            _older = found;
        }

        (_recent, _older) = (_older, _recent);
        return true;
    }
}
