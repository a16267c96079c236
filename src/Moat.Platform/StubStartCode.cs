// SPDX-License-Identifier: Apache-2.0
using System;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform;

/// <summary>
/// The stub's start: from exec to the first trap, which gives the kernel a whole frame to start guest code
/// from.
/// </summary>
internal sealed class StubStartCode
{
    private const uint AuxVdso = 33;
    private static readonly int[] s_signals = [4, 5, 7, 8, 11, 31, StubLayout.InterruptSignal];
    private readonly Assembler _a;
    private readonly ulong _data;

    internal StubStartCode(StubCode code, ulong data)
    {
        _a = code.A;
        _data = data;
    }

    /// <summary>rsp: argc, argv, 0, envp, 0, auxv. No stack is used: it is unmapped with everything else.
    /// </summary>
    internal void Emit()
    {
        FindVdso();
        _a.mov(rbx, StubLayout.AreaBase);
        Call(9, rbx, StubLayout.AreaSize, 3, 0x11, 3, 0);
        Call(3, 3);
        Call(28, rbx, StubLayout.AreaSize, StubLayout.DontFork);
        _a.mov(__qword_ptr[rbx + StubLayout.Vdso], r13);
        ulong end = StubLayout.CodeBase + StubLayout.ImageSize;
        Unmap(0, StubLayout.CodeBase);
        Unmap(end, StubLayout.AreaBase - end);
        UnmapAroundVdso();
        for (int i = 0; i < s_signals.Length; i++)
        {
            Call(13, (ulong)s_signals[i], _data, 0, 8);
        }

        Call(131, _data + 32, 0);
        Call(14, 2, _data + 56, 0, 8);
        Call(157, 38, 1, 0, 0, 0);
        Call(158, StubLayout.SetGs, StubLayout.AreaBase);
        Call(317, 1, 8 | 32, _data + 64);
        _a.mov(__qword_ptr[rbx + StubLayout.Listener], rax);
        _a.mov(eax, StubLayout.OwnTrap);
        _a.syscall();
        _a.ud2();
    }

    private void FindVdso()
    {
        Label environment = _a.CreateLabel(), auxiliary = _a.CreateLabel(), found = _a.CreateLabel();
        _a.mov(rax, __[rsp]);
        _a.lea(rsi, __[rsp + (rax * 8) + 16]);
        _a.Label(ref environment);
        _a.mov(rax, __[rsi]);
        _a.add(rsi, 8);
        _a.test(rax, rax);
        _a.jne(environment);
        _a.Label(ref auxiliary);
        _a.mov(rax, __[rsi]);
        _a.mov(r13, __[rsi + 8]);
        _a.add(rsi, 16);
        _a.cmp(rax, (int)AuxVdso);
        _a.je(found);
        _a.test(rax, rax);
        _a.jne(auxiliary);
        _a.xor(r13d, r13d);
        _a.Label(ref found);
    }

    private void Unmap(ulong start, ulong length) => Call(11, start, length);

    // munmap(AreaBase + AreaSize, vvar - that), then munmap(vdso end, top - that); r13 is the vDSO's address.
    private void UnmapAroundVdso()
    {
        _a.mov(rdi, StubLayout.AreaBase + StubLayout.AreaSize);
        _a.mov(eax, __[rbx + StubLayout.VdsoDataBytes]);
        _a.mov(rsi, r13);
        _a.sub(rsi, rax);
        _a.sub(rsi, rdi);
        _a.mov(eax, 11);
        _a.syscall();
        _a.mov(eax, __[rbx + StubLayout.VdsoCodeBytes]);
        _a.lea(rdi, __[r13 + rax]);
        _a.mov(rsi, StubLayout.HostTop);
        _a.sub(rsi, rdi);
        _a.mov(eax, 11);
        _a.syscall();
    }

    private void Call(int number, AssemblerRegister64 a0, params ReadOnlySpan<ulong> rest)
    {
        _a.mov(rdi, a0);
        LoadRest(rest);
        _a.mov(eax, number);
        _a.syscall();
    }

    private void Call(int number, ulong a0, params ReadOnlySpan<ulong> rest)
    {
        _a.mov(rdi, a0);
        LoadRest(rest);
        _a.mov(eax, number);
        _a.syscall();
    }

    private void LoadRest(ReadOnlySpan<ulong> rest)
    {
        ReadOnlySpan<AssemblerRegister64> registers = [rsi, rdx, r10, r8, r9];
        for (int i = 0; i < rest.Length; i++)
        {
            _a.mov(registers[i], rest[i]);
        }
    }
}
