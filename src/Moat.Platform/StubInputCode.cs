// SPDX-License-Identifier: Apache-2.0
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform;

/// <summary>
/// Copies a call's inputs (strings, buffers, structures) into the window, as the table says. What cannot be
/// read or is too long is left out: the kernel then reads it itself and finds out why.
/// </summary>
/// <remarks>
/// In: eax = number, rbp = the arguments, r11 = where to go on. Out: r15d = inputs copied. Keeps rbx, rbp,
/// r8,
/// r9, r10. Uses r12 = entries left to do, r13 = place in the window, r14 = record, r15 = bytes left.
/// </remarks>
internal static class StubInputCode
{
    private const int LongestString = 4096;

    internal static void Emit(StubCode code)
    {
        Assembler a = code.A;
        Label none = a.CreateLabel(), next = a.CreateLabel();
        Label isFixed = a.CreateLabel(), isString = a.CreateLabel(), copy = a.CreateLabel();
        a.Label(ref code.CopyInputs);
        a.cmp(eax, StubLayout.MarshalledCalls);
        a.jae(none);
        a.mov(ecx, eax);
        a.mov(rdx, StubLayout.CodeBase + StubLayout.InputTableOffset);
        a.mov(r12, __[rdx + (rcx * 8)]);
        a.test(r12, r12);
        a.je(none);
        a.lea(r14, __[rbx + StubLayout.Inputs]);
        a.lea(r13, __[rbx + StubLayout.Window]);
        a.mov(r15d, StubLayout.LargestTransfer);
        a.Label(ref next);
        EmitDecode(code, isFixed, isString, copy);
        EmitCopy(code, isFixed, copy, isString);
        a.Label(ref code.InputFailed);
        a.shr(r12, 32);
        a.test(r12d, r12d);
        a.jne(next);
        a.lea(rcx, __[rbx + StubLayout.Inputs]);
        a.mov(r15, r14);
        a.sub(r15, rcx);
        a.shr(r15d, 4);
        a.jmp(r11);
        a.Label(ref none);
        a.xor(r15d, r15d);
        a.jmp(r11);
    }

    // rsi = address, rcx = offset of the count's register or 0, rdx = size of an element or 0.
    private static void EmitDecode(StubCode code, Label isFixed, Label isString, Label copy)
    {
        Assembler a = code.A;
        a.movzx(ecx, r12b);
        a.mov(rsi, __[rbp + rcx - 8]);
        a.test(rsi, rsi);
        a.je(code.InputFailed);
        a.mov(edx, r12d);
        a.movzx(ecx, dh);
        a.shr(edx, 16);
        a.test(ecx, ecx);
        a.je(isFixed);
        a.mov(rcx, __[rbp + rcx - 8]);
        a.cmp(rcx, StubLayout.LargestTransfer);
        a.ja(code.InputFailed);
        a.imul(rcx, rdx);
        a.jmp(copy);
    }

    private static void EmitCopy(StubCode code, Label isFixed, Label copy, Label isString)
    {
        Assembler a = code.A;
        Label record = a.CreateLabel(), byteLoop = a.CreateLabel();
        a.Label(ref isFixed);
        a.mov(ecx, edx);
        a.test(edx, edx);
        a.je(isString);
        a.Label(ref copy);
        a.cmp(rcx, r15);
        a.ja(code.InputFailed);
        a.mov(rdi, r13);
        a.mov(edx, ecx);
        a.mov(rax, rsi);
        a.Label(ref code.InputStart);
        a.rep.movsb();
        a.jmp(record);
        a.Label(ref isString);
        a.mov(rax, rsi);
        a.xor(edx, edx);
        a.Label(ref byteLoop);
        a.movzx(ecx, __byte_ptr[rsi + rdx]);
        a.mov(__byte_ptr[r13 + rdx], cl);
        a.inc(edx);
        a.test(ecx, ecx);
        a.je(record);
        a.cmp(edx, LongestString);
        a.jb(byteLoop);
        a.Label(ref code.InputEnd);
        a.jmp(code.InputFailed);
        a.Label(ref record);
        a.mov(__qword_ptr[r14], rax);
        a.mov(__dword_ptr[r14 + 8], edx);
        a.mov(rcx, r13);
        a.sub(rcx, rbx);
        a.mov(__dword_ptr[r14 + 12], ecx);
        a.add(r14, StubLayout.TransferSize);
        // The next input starts on a boundary of eight bytes.
        a.add(edx, 7);
        a.and(edx, -8);
        a.add(r13, rdx);
        a.sub(r15, rdx);
    }
}
