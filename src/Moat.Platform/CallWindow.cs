// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// The window of one stub thread's area: inputs that the stub copied in ahead of the present call, and
/// outputs that it is to copy to guest memory before it resumes.
/// </summary>
/// <remarks>
/// Belongs to the driving task thread. Invariants: what stands in the window is the guest's word, as its
/// memory is: offsets and lengths are checked, bytes are copied out once.
/// </remarks>
internal sealed class CallWindow(ThreadArea area)
{
    private readonly ulong[] _inputAddresses = new ulong[StubLayout.MaxInputs];
    private readonly int[] _inputLengths = new int[StubLayout.MaxInputs];
    private readonly int[] _inputOffsets = new int[StubLayout.MaxInputs];
    private readonly ulong[] _outputAddresses = new ulong[StubLayout.MaxOutputs];
    private readonly int[] _outputLengths = new int[StubLayout.MaxOutputs];
    private readonly int[] _outputOffsets = new int[StubLayout.MaxOutputs];
    private int _inputs;
    private int _next;

    /// <summary>How many outputs wait for the reply.</summary>
    internal int Outputs { get; private set; }

    /// <summary>How many outputs the last reply asked for.</summary>
    internal int LastOutputs { get; private set; }

    /// <summary>True from a call's arrival until its reply: outputs may be queued.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>A call has arrived: notes which inputs the stub says it has copied.</summary>
    internal void Open(ulong number)
    {
        IsOpen = true;
        Outputs = 0;
        _inputs = 0;
        _next = StubLayout.Window;
        int count = (uint)number < StubLayout.MarshalledCalls ? area.Field<ushort>(StubLayout.InputCount) : 0;
        if (count == 0)
        {
            return;
        }

        for (int i = 0; i < Math.Min(count, StubLayout.MaxInputs); i++)
        {
            int at = StubLayout.Inputs + (i * StubLayout.TransferSize);
            ulong address = area.CheckedField<ulong>(at);
            int length = area.CheckedField<int>(at + 8);
            int offset = area.CheckedField<int>(at + 12);
            const int End = StubLayout.Window + StubLayout.WindowSize;
            if (offset < StubLayout.Window || offset > End || length < 0 || length > End - offset)
            {
                return;
            }

            _next = Math.Max(_next, offset + length);
            // The stub can read what the guest must not: the platform's own memory.
            if (AddressSpaceLimits.IsUserRange(address, (ulong)length)
                && !AddressSpaceLimits.TouchesHole(address, (ulong)length))
            {
                _inputAddresses[_inputs] = address;
                _inputLengths[_inputs] = length;
                _inputOffsets[_inputs++] = offset;
            }
        }

        _next = (_next + 7) & ~7;
    }

    /// <summary>The reply is on its way: the window is the stub's.</summary>
    internal void Close()
    {
        IsOpen = false;
        LastOutputs = Outputs;
        Outputs = 0;
        _inputs = 0;
    }

    /// <summary>
    /// The bytes from a guest address to the end of the input that holds it; empty when none does. The guest
    /// may change them at any time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Input(ulong address)
    {
        for (int i = 0; i < _inputs; i++)
        {
            ulong into = address - _inputAddresses[i];
            if (into < (ulong)_inputLengths[i])
            {
                return area.Bytes.Slice(_inputOffsets[i] + (int)into, _inputLengths[i] - (int)into);
            }
        }

        return default;
    }

    /// <summary>Room for an output, queued for the reply; empty when there is none.</summary>
    internal Span<byte> QueueOutput(ulong address, int length)
    {
        int count = Outputs;
        if (count == StubLayout.MaxOutputs || length > StubLayout.Window + StubLayout.WindowSize - _next)
        {
            return default;
        }

        DropInputs(address, length);
        int at = StubLayout.Outputs + (count * StubLayout.TransferSize);
        area.CheckedField<ulong>(at) = address;
        area.CheckedField<int>(at + 8) = length;
        area.CheckedField<int>(at + 12) = _next;
        _outputAddresses[count] = address;
        _outputLengths[count] = length;
        _outputOffsets[count] = _next;
        Outputs = count + 1;
        Span<byte> room = area.Bytes.Slice(_next, length);
        _next = (_next + length + 7) & ~7;
        return room;
    }

    /// <summary>Bytes are about to be written to guest memory: inputs from there are stale.</summary>
    internal void DropInputs(ulong address, int length)
    {
        for (int i = 0; i < _inputs; i++)
        {
            ulong start = _inputAddresses[i];
            if (start < address + (ulong)length && address < start + (ulong)_inputLengths[i])
            {
                _inputLengths[i] = 0;
            }
        }
    }

    /// <summary>Guest memory may change in any way: all inputs are stale.</summary>
    internal void DropAllInputs() => _inputs = 0;

    /// <summary>A queued output, from the kernel's own notes.</summary>
    internal ReadOnlySpan<byte> Output(int index, out ulong address)
    {
        address = _outputAddresses[index];
        return area.Bytes.Slice(_outputOffsets[index], _outputLengths[index]);
    }

    /// <summary>Somebody else has copied the queued outputs.</summary>
    internal void ClearOutputs() => Outputs = 0;
}
