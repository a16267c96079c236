// SPDX-License-Identifier: Apache-2.0
using System;
using Iced.Intel;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Code;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Host.Children;

/// <summary>
/// Machine code from clone to exec, where the .NET runtime cannot run: registers only, no stack.
/// </summary>
/// <remarks>The child shares its parent's memory and stack pointer; it never pushes, so that this is
/// safe.</remarks>
internal static unsafe class ChildThunk
{
    internal const string Name = "child";
    private const int SetMask = 2;
    private const int MaskSize = 8;

    /// <summary>
    /// Clones; in the parent returns what clone returned. The child runs its steps and never returns.
    /// </summary>
    internal static readonly delegate* unmanaged<ChildControlBlock*, long> Run;

    static ChildThunk()
    {
        Result<nuint> mapped = MachineCode.Map(MachineCode.Get(Name, Build));
        if (!mapped.TryGet(out nuint page, out Errno error))
        {
            throw new InvalidOperationException($"no executable memory for the child thunk: {error}");
        }

        Run = (delegate* unmanaged<ChildControlBlock*, long>)page;
    }

    /// <summary>Address of the page whose code makes a child's calls.</summary>
    internal static ulong PageAddress => (ulong)Run;

    /// <summary>Assembles now, while executable memory may still be made.</summary>
    internal static bool Prepare() => Run != null;

    internal static void Build(Assembler a)
    {
        Label legacy = a.CreateLabel();
        Label cloned = a.CreateLabel();
        Label child = a.CreateLabel();

        // Parent. rbx: control block; r12: first step; r13: clone's result.
        a.push(rbx);
        a.push(r12);
        a.push(r13);
        a.mov(rbx, rdi);
        a.mov(r12, __qword_ptr[rbx + ChildControlBlock.FirstStepOffset]);
        EmitSetMask(a, ChildControlBlock.FullMaskOffset, ChildControlBlock.SavedMaskOffset);
        a.cmp(__qword_ptr[rbx + ChildControlBlock.UseLegacyOffset], 0);
        a.jne(legacy);
        a.mov(rdi, __qword_ptr[rbx + ChildControlBlock.CloneArgumentsOffset]);
        a.mov(rsi, __qword_ptr[rbx + ChildControlBlock.CloneSizeOffset]);
        a.mov(eax, (int)SyscallNumber.clone3);
        a.syscall();
        a.jmp(cloned);

        a.Label(ref legacy);
        a.mov(rdi, __qword_ptr[rbx + ChildControlBlock.LegacyFlagsOffset]);
        a.xor(esi, esi);
        a.mov(rdx, __qword_ptr[rbx + ChildControlBlock.PidFdPointerOffset]);
        a.mov(r10, __qword_ptr[rbx + ChildControlBlock.TidPointerOffset]);
        a.xor(r8d, r8d);
        a.mov(eax, (int)SyscallNumber.clone);
        a.syscall();

        a.Label(ref cloned);
        a.test(rax, rax);
        a.je(child);
        a.mov(r13, rax);
        EmitSetMask(a, ChildControlBlock.SavedMaskOffset, -1);
        a.mov(rax, r13);
        a.pop(r13);
        a.pop(r12);
        a.pop(rbx);
        a.ret();

        BuildLoop(a, child);
    }

    private static void BuildLoop(Assembler a, Label loop)
    {
        Label failed = a.CreateLabel();
        Label next = a.CreateLabel();

        a.Label(ref loop);
        a.mov(rax, __qword_ptr[r12]);
        a.mov(rdi, __qword_ptr[r12 + ChildStepRecord.ArgumentsOffset]);
        a.mov(rsi, __qword_ptr[r12 + (ChildStepRecord.ArgumentsOffset + 8)]);
        a.mov(rdx, __qword_ptr[r12 + (ChildStepRecord.ArgumentsOffset + 16)]);
        a.mov(r10, __qword_ptr[r12 + (ChildStepRecord.ArgumentsOffset + 24)]);
        a.mov(r8, __qword_ptr[r12 + (ChildStepRecord.ArgumentsOffset + 32)]);
        a.mov(r9, __qword_ptr[r12 + (ChildStepRecord.ArgumentsOffset + 40)]);
        a.syscall();
        a.mov(__qword_ptr[r12 + ChildStepRecord.ResultOffset], rax);
        a.cmp(rax, -4095);
        a.jae(failed);
        for (int i = 0; i < ChildStepRecord.StoreCount; i++)
        {
            a.mov(rcx, __qword_ptr[r12 + (ChildStepRecord.StoresOffset + (8 * i))]);
            a.test(rcx, rcx);
            a.je(next);
            a.mov(__qword_ptr[rcx], rax);
        }

        a.Label(ref next);
        a.add(r12, ChildStepRecord.Size);
        a.jmp(loop);

        // Policy 0: stop. -1: go on. Else: go on when it is that error.
        Label stop = a.CreateLabel();
        a.Label(ref failed);
        a.mov(rcx, __qword_ptr[r12 + ChildStepRecord.PolicyOffset]);
        a.test(rcx, rcx);
        a.je(stop);
        a.js(next);
        a.add(rcx, rax);
        a.je(next);

        a.Label(ref stop);
        a.mov(__qword_ptr[rbx + ChildControlBlock.FailedStepOffset], r12);
        a.mov(edi, 127);
        a.mov(eax, (int)SyscallNumber.exit_group);
        a.syscall();
        a.ud2();
    }

    private static void EmitSetMask(Assembler a, int newMask, int oldMask)
    {
        a.mov(edi, SetMask);
        a.lea(rsi, __[rbx + newMask]);
        if (oldMask < 0)
        {
            a.xor(edx, edx);
        }
        else
        {
            a.lea(rdx, __[rbx + oldMask]);
        }

        a.mov(r10d, MaskSize);
        a.mov(eax, (int)SyscallNumber.rt_sigprocmask);
        a.syscall();
    }
}
