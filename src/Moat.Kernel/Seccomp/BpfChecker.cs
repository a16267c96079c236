// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Seccomp;

namespace Moat.Kernel.Seccomp;

/// <summary>
/// Accepts the programs that Linux accepts as seccomp filters (net/core/filter.c, bpf_check_classic;
/// kernel/seccomp.c, seccomp_check_filter): they end, stay inside themselves, and read only what is there.
/// </summary>
internal static class BpfChecker
{
    /// <summary>BPF_MAXINSNS: the longest program.</summary>
    internal const int MostInstructions = 4096;

    /// <summary>BPF_MEMWORDS: scratch memory.</summary>
    internal const int MemoryWords = 16;

    private const int DataBytes = 64;
    private const ushort Everything = 0xffff;

    /// <summary>True for a program that may run.</summary>
    internal static bool IsValid(ReadOnlySpan<BpfInstruction> program)
    {
        if (program.Length is 0 or > MostInstructions)
        {
            return false;
        }

        for (int i = 0; i < program.Length; i++)
        {
            if (!IsValid(program[i], (uint)(program.Length - i - 1)))
            {
                return false;
            }
        }

        return program[^1].Code is BpfCode.ReturnK or BpfCode.ReturnA && ReadsOnlyWhatItWrote(program);
    }

    // left = instructions behind this one: jumps go forward only.
    private static bool IsValid(in BpfInstruction one, uint left)
    {
        switch (one.Code)
        {
            case BpfCode.LoadWordAbsolute:
                return one.K < DataBytes && (one.K & 3) == 0;
            case BpfCode.LoadMemory or BpfCode.LoadXMemory or BpfCode.Store or BpfCode.StoreX:
                return one.K < MemoryWords;
            case BpfCode.DivideK:
                return one.K != 0;
            case BpfCode.LeftK or BpfCode.RightK:
                return one.K < 32;
            case BpfCode.Jump:
                return one.K < left;
            case BpfCode.JumpEqualK or BpfCode.JumpEqualX or BpfCode.JumpGreaterK or BpfCode.JumpGreaterX
                or BpfCode.JumpGreaterEqualK or BpfCode.JumpGreaterEqualX or BpfCode.JumpSetK
                or BpfCode.JumpSetX:
                return one.IfTrue < left && one.IfFalse < left;
            default:
                return IsPlain(one.Code);
        }
    }

    private static bool IsPlain(int code) => code is BpfCode.LoadLength or BpfCode.LoadXLength
        or BpfCode.LoadImmediate or BpfCode.LoadXImmediate or BpfCode.ReturnK or BpfCode.ReturnA
        or BpfCode.TakeX or BpfCode.TakeA or BpfCode.AddK or BpfCode.AddX or BpfCode.SubtractK
        or BpfCode.SubtractX or BpfCode.MultiplyK or BpfCode.MultiplyX or BpfCode.DivideX or BpfCode.OrK
        or BpfCode.OrX or BpfCode.AndK or BpfCode.AndX or BpfCode.LeftX or BpfCode.RightX or BpfCode.Negate
        or BpfCode.XorK or BpfCode.XorX;

    // On every path a word of memory is stored before it is loaded (check_load_and_stores).
    private static bool ReadsOnlyWhatItWrote(ReadOnlySpan<BpfInstruction> program)
    {
        Span<ushort> known = stackalloc ushort[program.Length];
        known.Fill(Everything);
        ushort valid = 0;
        for (int i = 0; i < program.Length; i++)
        {
            BpfInstruction one = program[i];
            valid &= known[i];
            switch (one.Code)
            {
                case BpfCode.Store or BpfCode.StoreX:
                    valid |= (ushort)(1 << (int)one.K);
                    break;
                case BpfCode.LoadMemory or BpfCode.LoadXMemory:
                    if ((valid >> (int)one.K & 1) == 0)
                    {
                        return false;
                    }

                    break;
                case BpfCode.Jump:
                    known[i + 1 + (int)one.K] &= valid;
                    valid = Everything;
                    break;
                default:
                    if ((one.Code & 7) == BpfCode.Jump)
                    {
                        known[i + 1 + one.IfTrue] &= valid;
                        known[i + 1 + one.IfFalse] &= valid;
                        valid = Everything;
                    }

                    break;
            }
        }

        return true;
    }
}
