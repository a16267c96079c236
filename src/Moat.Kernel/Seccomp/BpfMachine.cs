// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi.Seccomp;

namespace Moat.Kernel.Seccomp;

/// <summary>Runs a classic BPF program that <see cref="BpfChecker"/> has accepted.</summary>
internal static class BpfMachine
{
    private const uint DataBytes = 64;

    /// <summary>What the program returns for a call.</summary>
    internal static uint Run(ReadOnlySpan<BpfInstruction> program, in SeccompData data)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<SeccompData, uint>(
            new ReadOnlySpan<SeccompData>(in data));
        Span<uint> memory = stackalloc uint[BpfChecker.MemoryWords];
        (uint a, uint x) = (0, 0);
        for (int at = 0; at < program.Length; at++)
        {
            ref readonly BpfInstruction one = ref program[at];
            switch (one.Code)
            {
                case BpfCode.LoadWordAbsolute:
                    a = words[(int)(one.K >> 2)];
                    break;
                case BpfCode.ReturnK:
                    return one.K;
                case BpfCode.ReturnA:
                    return a;
                case BpfCode.LoadMemory:
                    a = memory[(int)one.K];
                    break;
                case BpfCode.LoadXMemory:
                    x = memory[(int)one.K];
                    break;
                case BpfCode.Store:
                    memory[(int)one.K] = a;
                    break;
                case BpfCode.StoreX:
                    memory[(int)one.K] = x;
                    break;
                case BpfCode.LoadLength:
                    a = DataBytes;
                    break;
                case BpfCode.LoadXLength:
                    x = DataBytes;
                    break;
                case BpfCode.LoadImmediate:
                    a = one.K;
                    break;
                case BpfCode.LoadXImmediate:
                    x = one.K;
                    break;
                case BpfCode.TakeX:
                    x = a;
                    break;
                case BpfCode.TakeA:
                    a = x;
                    break;
                case BpfCode.Jump:
                    at += (int)one.K;
                    break;
                case BpfCode.DivideX when x == 0:
                    return 0;
                default:
                    if ((one.Code & 7) == BpfCode.Jump)
                    {
                        at += Jumps(one, a, x) ? one.IfTrue : one.IfFalse;
                    }
                    else
                    {
                        a = Compute(one, a, x);
                    }

                    break;
            }
        }

        // A checked program ends in a return.
        return (uint)SeccompAction.KillProcess;
    }

    private static bool Jumps(in BpfInstruction one, uint a, uint x) => (int)one.Code switch
    {
        BpfCode.JumpEqualK => a == one.K,
        BpfCode.JumpEqualX => a == x,
        BpfCode.JumpGreaterK => a > one.K,
        BpfCode.JumpGreaterX => a > x,
        BpfCode.JumpGreaterEqualK => a >= one.K,
        BpfCode.JumpGreaterEqualX => a >= x,
        BpfCode.JumpSetK => (a & one.K) != 0,
        _ => (a & x) != 0,
    };

    private static uint Compute(in BpfInstruction one, uint a, uint x) => (int)one.Code switch
    {
        BpfCode.AddK => a + one.K,
        BpfCode.AddX => a + x,
        BpfCode.SubtractK => a - one.K,
        BpfCode.SubtractX => a - x,
        BpfCode.MultiplyK => a * one.K,
        BpfCode.MultiplyX => a * x,
        BpfCode.DivideK => a / one.K,
        BpfCode.DivideX => a / x,
        BpfCode.OrK => a | one.K,
        BpfCode.OrX => a | x,
        BpfCode.AndK => a & one.K,
        BpfCode.AndX => a & x,
        BpfCode.LeftK => a << (int)one.K,
        BpfCode.LeftX => a << (int)(x & 31),
        BpfCode.RightK => a >> (int)one.K,
        BpfCode.RightX => a >> (int)(x & 31),
        BpfCode.XorK => a ^ one.K,
        BpfCode.XorX => a ^ x,
        _ => 0u - a,
    };
}
