// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Host.Children;
using Moat.Host.Code;
using Moat.Host.Seccomp;
using Moat.Platform;

namespace Moat.Sandbox.Confinement;

/// <summary>Compiles <see cref="FilterRules"/> into the kernel process's seccomp filter.</summary>
/// <remarks>
/// What is not allowed raises SIGSYS, which ends the process: its disposition cannot be changed under this
/// filter. It is
/// not KILL_PROCESS because stubs inherit the filter, and that would win over their own TRAP, by which guest
/// system calls
/// arrive (seccomp(2): the action of highest precedence counts).
/// </remarks>
internal static class KernelFilter
{
    private const uint StubCodeBytes = 0x1000;
    private const uint PageBytes = 0x1000;

    // Stands in a prebuilt program where the child programs' page goes; no constant of a rule is like it.
    private const ulong PlaceholderPage = 0x5a5a_a5a5_5000;

    /// <summary>Name of the prebuilt program.</summary>
    internal const string Name = "kernel-filter";

    /// <summary>The program; <see cref="ChildProgram.Prepare"/> must have been called.</summary>
    internal static ReadOnlySpan<SockFilter> Get()
    {
        ReadOnlySpan<byte> prebuilt = PrebuiltCode.Find(Name);
        return prebuilt.IsEmpty
            ? Build(ChildProgram.CodePage)
            : Relocate(MemoryMarshal.Cast<byte, SockFilter>(prebuilt), ChildProgram.CodePage);
    }

    /// <summary>Compiles it for child programs whose code is on that page.</summary>
    internal static SockFilter[] Build(ulong childCode = PlaceholderPage)
    {
        var program = new SeccompProgram();
        SeccompLabel refuse = program.NewLabel();
        program.Load(SeccompField.Architecture);
        program.JumpIf(SeccompTest.NotEqual, SeccompProgram.ArchitectureX64, refuse);
        program.Load(SeccompField.Number);
        foreach ((SyscallNumber number, List<FilterRule> rules) in Group())
        {
            SeccompLabel next = program.NewLabel();
            program.JumpIf(SeccompTest.NotEqual, (uint)number, next);
            foreach (FilterRule rule in rules)
            {
                Emit(program, rule, childCode);
            }

            if (rules[^1].Argument >= 0 || rules[^1].Origin != FilterOrigin.Kernel)
            {
                program.Jump(refuse);
            }

            program.Mark(next);
        }

        program.Mark(refuse);
        program.Return(SeccompAction.Trap);
        return program.Build();
    }

    /// <summary>A copy of a program in which the placeholder is exchanged for the page's address.</summary>
    internal static SockFilter[] Relocate(ReadOnlySpan<SockFilter> program, ulong childCode)
    {
        SockFilter[] copy = program.ToArray();
        foreach (ref SockFilter instruction in copy.AsSpan())
        {
            ulong value = instruction.K switch
            {
                (uint)(PlaceholderPage >> 32) => childCode >> 32,
                unchecked((uint)PlaceholderPage) => childCode,
                unchecked((uint)PlaceholderPage) + PageBytes => childCode + PageBytes,
                _ => instruction.K,
            };
            instruction = instruction with { K = (uint)value };
        }

        return copy;
    }

    private static List<(SyscallNumber Number, List<FilterRule> Rules)> Group()
    {
        var groups = new List<(SyscallNumber Number, List<FilterRule> Rules)>();
        foreach (FilterRule rule in FilterRules.All)
        {
            int index = groups.FindIndex(g => g.Number == rule.Number);
            if (index < 0)
            {
                groups.Add((rule.Number, [rule]));
            }
            else
            {
                groups[index].Rules.Add(rule);
            }
        }

        return groups;
    }

    private static void Emit(SeccompProgram program, FilterRule rule, ulong childCode)
    {
        SeccompLabel other = program.NewLabel();
        SeccompLabel match = program.NewLabel();
        EmitOrigin(program, rule.Origin, childCode, other);
        if (rule.Argument >= 0)
        {
            var field = (SeccompField)((uint)SeccompField.Argument0 + (8 * (uint)rule.Argument));
            program.Load(field);
            if (rule.NoBits != 0)
            {
                program.JumpIf(SeccompTest.AnyBits, rule.NoBits, other);
            }

            if (rule.Not is uint not)
            {
                program.JumpIf(SeccompTest.Equal, not, other);
            }

            foreach (uint value in rule.OneOf)
            {
                program.JumpIf(SeccompTest.Equal, value, match);
            }

            if (rule.OneOf.Length > 0)
            {
                program.Jump(other);
            }
        }

        program.Mark(match);
        program.Return(rule.Action);
        program.Mark(other);
    }

    private static void EmitOrigin(
        SeccompProgram program, FilterOrigin origin, ulong childCode, SeccompLabel other)
    {
        if (origin == FilterOrigin.Kernel)
        {
            return;
        }

        (ulong start, uint length) = origin == FilterOrigin.Stub
            ? (StubLayout.GuestTop, StubCodeBytes) : (childCode, PageBytes);
        program.Load(SeccompField.InstructionPointerHigh);
        program.JumpIf(SeccompTest.NotEqual, (uint)(start >> 32), other);
        program.Load(SeccompField.InstructionPointerLow);
        program.JumpIf(SeccompTest.Less, (uint)start, other);
        program.JumpIf(SeccompTest.GreaterOrEqual, (uint)start + length, other);
    }
}
