// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Seccomp;

namespace Moat.Kernel.Seccomp;

/// <summary>
/// How long Linux's translation of a program is: what its limit on chains counts (net/core/filter.c,
/// bpf_convert_filter).
/// </summary>
internal static class BpfCost
{
    private const int Prologue = 3;

    internal static int Of(ReadOnlySpan<BpfInstruction> program)
    {
        int cost = Prologue;
        foreach (ref readonly BpfInstruction one in program)
        {
            cost += one.Code switch
            {
                BpfCode.ReturnK => 2,
                BpfCode.DivideX => 4,
                BpfCode.Jump => 1,
                _ when (one.Code & 7) == BpfCode.Jump => OfBranch(in one),
                _ => 1,
            };
        }

        return cost;
    }

    // One jump where one of the ways is the next instruction, else two; a constant that would be extended
    // with its sign takes a register.
    private static int OfBranch(in BpfInstruction one)
    {
        bool usesX = (one.Code & 8) != 0;
        bool inverts = one.IfTrue == 0 && one.Code is not (BpfCode.JumpSetK or BpfCode.JumpSetX);
        return (one.IfFalse == 0 || inverts ? 1 : 2) + (!usesX && (int)one.K < 0 ? 1 : 0);
    }
}
