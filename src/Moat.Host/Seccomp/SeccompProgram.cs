// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;

namespace Moat.Host.Seccomp;

/// <summary>Builds a classic BPF program over struct seccomp_data; labels, forward jumps only.</summary>
/// <remarks>Conditional jumps reach 255 instructions; longer ones get an unconditional jump beside
/// them.</remarks>
public sealed class SeccompProgram
{
    /// <summary>AUDIT_ARCH_X86_64.</summary>
    public const uint ArchitectureX64 = 0xc000003e;

    /// <summary>The host's limit on instructions (BPF_MAXINSNS).</summary>
    public const int MaximumLength = 4096;

    private const ushort LoadWordAbsolute = 0x20;
    private const ushort JumpAlways = 0x05;
    private const ushort AndConstant = 0x54;
    private const ushort ReturnConstant = 0x06;

    private readonly List<Line> _lines = new();
    private readonly List<int> _labels = new();

    /// <summary>A label to be placed later with <see cref="Mark"/>.</summary>
    public SeccompLabel NewLabel()
    {
        _labels.Add(-1);
        return new SeccompLabel(_labels.Count - 1);
    }

    /// <summary>Places a label here.</summary>
    public void Mark(SeccompLabel label) => _labels[label.Id] = _lines.Count;

    /// <summary>Loads the low word (or only word) of a field.</summary>
    public void Load(SeccompField field) => _lines.Add(new Line(LoadWordAbsolute, (uint)field, -1, -1));

    /// <summary>Loads the high word of an argument.</summary>
    public void LoadHigh(SeccompField field) =>
        _lines.Add(new Line(LoadWordAbsolute, (uint)field + 4, -1, -1));

    /// <summary>Masks the loaded word.</summary>
    public void And(uint mask) => _lines.Add(new Line(AndConstant, mask, -1, -1));

    /// <summary>Goes on elsewhere.</summary>
    public void Jump(SeccompLabel label) => _lines.Add(new Line(JumpAlways, 0, label.Id, -1));

    /// <summary>Jumps when the loaded word compares so; otherwise falls through.</summary>
    public void JumpIf(SeccompTest test, uint value, SeccompLabel label) => AddTest(test, value, label);

    /// <summary>Ends with an answer.</summary>
    public void Return(SeccompAction action) => _lines.Add(new Line(ReturnConstant, action.Value, -1, -1));

    /// <summary>Loads the call's number and jumps when it is this one.</summary>
    public void JumpIfNumber(SyscallNumber number, SeccompLabel label)
    {
        Load(SeccompField.Number);
        JumpIf(SeccompTest.Equal, (uint)number, label);
    }

    /// <summary>Jumps unless a 64-bit field holds exactly this value.</summary>
    public void JumpUnless64(SeccompField field, ulong value, SeccompLabel label)
    {
        Load(field);
        JumpIf(SeccompTest.NotEqual, (uint)value, label);
        LoadHigh(field);
        JumpIf(SeccompTest.NotEqual, (uint)(value >> 32), label);
    }

    /// <summary>
    /// Jumps unless the instruction after the <c>syscall</c> that is being made is at this address.
    /// </summary>
    public void JumpUnlessReturnsTo(ulong address, SeccompLabel label) =>
        JumpUnless64(SeccompField.InstructionPointerLow, address, label);

    /// <summary>The finished instructions.</summary>
    /// <exception cref="InvalidOperationException">A label was not placed, a jump goes backward, or it is too
    /// long.</exception>
    public SockFilter[] Build()
    {
        var far = new bool[_lines.Count];
        int[] positions = Place(far);
        while (MarkFar(far, positions))
        {
            positions = Place(far);
        }

        var program = new SockFilter[positions[^1]];
        if (program.Length > MaximumLength)
        {
            throw new InvalidOperationException($"seccomp program of {program.Length} instructions");
        }

        for (int i = 0; i < _lines.Count; i++)
        {
            Emit(program, positions, far[i], i);
        }

        return program;
    }

    private void AddTest(SeccompTest test, uint value, SeccompLabel label)
    {
        // NotEqual and the like have no code of their own: the branches are exchanged.
        bool inverted =
            test is SeccompTest.NotEqual or SeccompTest.Less or SeccompTest.LessOrEqual or SeccompTest.NoBits;
        ushort code = test switch
        {
            SeccompTest.Equal or SeccompTest.NotEqual => 0x15,
            SeccompTest.Greater or SeccompTest.LessOrEqual => 0x25,
            SeccompTest.GreaterOrEqual or SeccompTest.Less => 0x35,
            _ => 0x45,
        };
        _lines.Add(inverted ? new Line(code, value, -1, label.Id) : new Line(code, value, label.Id, -1));
    }

    private int[] Place(bool[] far)
    {
        var positions = new int[_lines.Count + 1];
        for (int i = 0; i < _lines.Count; i++)
        {
            positions[i + 1] = positions[i] + (far[i] ? 2 : 1);
        }

        return positions;
    }

    private bool MarkFar(bool[] far, int[] positions)
    {
        bool changed = false;
        for (int i = 0; i < _lines.Count; i++)
        {
            Line line = _lines[i];
            if (line.Code == JumpAlways || far[i] || (line.True < 0 && line.False < 0))
            {
                continue;
            }

            far[i] = Distance(positions, i, line.True < 0 ? line.False : line.True) > 255;
            changed |= far[i];
        }

        return changed;
    }

    private int Distance(int[] positions, int from, int label)
    {
        int target = _labels[label];
        if (target <= from)
        {
            throw new InvalidOperationException(target < 0 ? "seccomp label not placed"
                : "backward seccomp jump");
        }

        return positions[target] - positions[from + 1];
    }

    private void Emit(SockFilter[] program, int[] positions, bool far, int index)
    {
        Line line = _lines[index];
        int at = positions[index];
        if (line.Code == JumpAlways)
        {
            program[at] = new SockFilter(line.Code, 0, 0, (uint)Distance(positions, index, line.True));
        }
        else if (far)
        {
            // The jump that is taken goes to the next instruction, the other one skips it.
            bool onTrue = line.True >= 0;
            program[at] = new SockFilter(line.Code, (byte)(onTrue ? 0 : 1), (byte)(onTrue ? 1 : 0), line.K);
            int label = onTrue ? line.True : line.False;
            program[at + 1] = new SockFilter(JumpAlways, 0, 0, (uint)Distance(positions, index, label));
        }
        else
        {
            byte whenTrue = line.True < 0 ? (byte)0 : (byte)Distance(positions, index, line.True);
            byte whenFalse = line.False < 0 ? (byte)0 : (byte)Distance(positions, index, line.False);
            program[at] = new SockFilter(line.Code, whenTrue, whenFalse, line.K);
        }
    }

    private readonly record struct Line(ushort Code, uint K, int True, int False);
}
