// SPDX-License-Identifier: Apache-2.0
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform;

/// <summary>
/// The one signal handler: every trap, fault and interrupt of guest code; and the first steps of a clone. It
/// runs on the alternate stack inside the thread area and uses no other memory.
/// </summary>
internal static class StubHandlerCode
{
    private const int Syscalls = 31;

    // rdi, rsi, rdx, r10, r8, r9, rsp in a ucontext.
    private static readonly int[] s_argumentOffsets = [104, 112, 136, 56, 40, 48, 160];

    internal static void Emit(StubCode code)
    {
        Handler(code);
        RunClone(code);
    }

    // rdi = signal, rsi = siginfo, rdx = ucontext; the guest's registers are all in the ucontext.
    private static void Handler(StubCode code)
    {
        Assembler a = code.A;
        Label stop = a.CreateLabel(), publish = a.CreateLabel();
        a.Label(ref code.Handler);
        a.mov(rbx, rsp);
        a.and(rbx, -StubLayout.AreaSize);
        a.cld();
        a.cmp(edi, StubLayout.InterruptSignal);
        a.jne(stop);
        // On the fast path before its last check: note it, go on.
        a.mov(rax, __[rdx + StubLayout.ContextRip]);
        a.lea(rcx, __[code.FastEntry]);
        a.cmp(rax, rcx);
        a.jb(stop);
        a.lea(rcx, __[code.ExitStart]);
        a.cmp(rax, rcx);
        a.jae(stop);
        a.mov(__dword_ptr[rbx + StubLayout.Pending], 1);
        a.mov(rsp, rdx);
        a.jmp(code.Restorer);
        a.Label(ref stop);
        a.mov(r8d, edi);
        a.Label(ref code.SegmentReads);
        a.rdfsbase(rax);
        a.mov(__qword_ptr[rbx + StubLayout.EventFsBase], rax);
        a.rdgsbase(rax);
        a.mov(__qword_ptr[rbx + StubLayout.EventGsBase], rax);
        a.Label(ref code.SegmentReadsEnd);
        a.mov(r9, rsi);
        a.mov(r10, rdx);
        a.xor(r15d, r15d);
        a.cmp(edi, Syscalls);
        a.jne(publish);
        a.mov(rax, __[rdx + StubLayout.ContextRax]);
        a.cmp(eax, StubLayout.MarshalledCalls);
        a.jae(publish);
        for (int i = 0; i < s_argumentOffsets.Length; i++)
        {
            a.mov(rcx, __[rdx + s_argumentOffsets[i]]);
            a.mov(__qword_ptr[rbx + StubLayout.TrapArguments + (i * 8)], rcx);
        }

        a.lea(rbp, __[rbx + StubLayout.TrapArguments]);
        a.lea(r11, __[publish]);
        a.jmp(code.CopyInputs);
        a.Label(ref publish);
        a.mov(__dword_ptr[rbx + StubLayout.EventSignal], r8d);
        a.mov(__qword_ptr[rbx + StubLayout.EventInfo], r9);
        a.mov(__qword_ptr[rbx + StubLayout.EventContext], r10);
        a.mov(r12d, (int)StubLayout.StateEvent);
        a.jmp(code.Publish);
    }

    // A new thread starts on its own area's stack and says hello by madvise; a forked process keeps rsp, has
    // no area (DONTFORK) and says hello by mapping its own. r13 tells which, r12 is what the kernel expects
    // to hear; nothing but registers is used
    // until then.
    private static void RunClone(StubCode code)
    {
        Assembler a = code.A;
        Label parent = a.CreateLabel(), process = a.CreateLabel();
        a.Label(ref code.CloneOrder);
        a.mov(r12, r9);
        a.xor(r9d, r9d);
        a.mov(r13, rdi);
        a.Label(ref code.CloneCall);
        a.syscall();
        a.test(rax, rax);
        a.jne(parent);
        a.mov(rbx, rsp);
        a.and(rbx, -StubLayout.AreaSize);
        a.mov(rdi, rbx);
        a.mov(esi, StubLayout.AreaSize);
        a.test(r13d, 0x100);
        a.je(process);
        a.mov(edx, StubLayout.DontFork);
        a.mov(r10, r12);
        a.mov(eax, 28);
        a.jmp(code.HelloCall);
        a.Label(ref process);
        a.mov(edx, 3);
        a.mov(r10d, 0x11);
        a.mov(r8, r12);
        a.xor(r9d, r9d);
        a.mov(eax, 9);
        a.Label(ref code.HelloCall);
        a.syscall();
        a.jmp(code.PublishDone);
        a.Label(ref parent);
        a.jmp(code.OrderDone);
    }
}
