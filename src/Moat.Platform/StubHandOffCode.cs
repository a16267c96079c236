// SPDX-License-Identifier: Apache-2.0
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform;

/// <summary>
/// The hand-off: publish, wait for the reply, carry out its orders, copy outputs, resume as it says.
/// </summary>
internal static class StubHandOffCode
{
    internal static void Emit(StubCode code)
    {
        Assembler a = code.A;
        Label wait = a.CreateLabel(), replied = a.CreateLabel(), answer = a.CreateLabel();
        Publish(code, wait);
        Wait(code, wait, replied);
        a.Label(ref replied);
        a.mov(r8d, __[rbx + StubLayout.ReplyWord]);
        a.cmp(r8d, (int)StubLayout.ReplyFast);
        a.je(code.FastExit);
        a.movzx(r14d, __byte_ptr[rbx + StubLayout.ReplyWord + (StubLayout.ReplyOrdersShift / 8)]);
        a.test(r14d, r14d);
        a.jne(code.RunOrders);
        a.Label(ref answer);
        CopyOutputs(code);
        Resume(code);
        RunOrders(code, answer);
    }

    private static void Publish(StubCode code, Label wait)
    {
        Assembler a = code.A;
        a.Label(ref code.PublishDone);
        a.mov(__dword_ptr[rbx + StubLayout.EventSignal], 0);
        a.xor(r15d, r15d);
        a.mov(r12d, (int)StubLayout.StateEvent);
        a.Label(ref code.Publish);
        // One label for each instruction.
        a.nop();
        // Eight bytes, replaced where there is no rdpid (StubImage).
        a.Label(ref code.CpuNumber);
        a.rdpid(rcx);
        a.nop(__dword_ptr[rax]);
        a.nop();
        a.and(ecx, 0xfff);
        a.mov(r13d, ecx);
        a.mov(__word_ptr[rbx + StubLayout.CallCpu], cx);
        a.mov(__word_ptr[rbx + StubLayout.InputCount], r15w);
        a.xchg(__dword_ptr[rbx + StubLayout.State], r12d);
        a.cmp(__dword_ptr[rbx + StubLayout.KernelSleeps], 0);
        a.je(wait);
        a.mov(__dword_ptr[rbx + StubLayout.KernelSleeps], 0);
        ReadTime(a);
        a.sub(rax, __[rbx + StubLayout.WokeAt]);
        a.mov(__[rbx + StubLayout.CallGap], rax);
        a.lea(rdi, __[rbx + StubLayout.State]);
        a.mov(esi, 1);
        a.mov(edx, 1);
        a.mov(eax, 202);
        a.Label(ref code.FutexWakeCall);
        a.syscall();
    }

    private static void Wait(StubCode code, Label wait, Label replied)
    {
        Assembler a = code.A;
        Label spin = a.CreateLabel(), sleep = a.CreateLabel(), sleepAgain = a.CreateLabel();
        Label awake = a.CreateLabel();
        a.Label(ref wait);
        a.cmp(r13d, __dword_ptr[rbx + StubLayout.KernelCpu]);
        a.je(sleep);
        a.mov(ecx, __dword_ptr[rbx + StubLayout.SpinCount]);
        a.Label(ref spin);
        a.cmp(__dword_ptr[rbx + StubLayout.State], (int)StubLayout.StateReply);
        a.je(replied);
        a.cmp(__dword_ptr[rbx + StubLayout.TaskSleeps], 0);
        a.jne(sleep);
        a.pause();
        a.dec(ecx);
        a.jg(spin);
        a.Label(ref sleep);
        a.mov(eax, 1);
        a.xchg(__dword_ptr[rbx + StubLayout.StubSleeps], eax);
        a.Label(ref sleepAgain);
        a.mov(edx, __dword_ptr[rbx + StubLayout.State]);
        a.cmp(edx, (int)StubLayout.StateReply);
        a.je(awake);
        a.lea(rdi, __[rbx + StubLayout.State]);
        a.xor(esi, esi);
        a.xor(r10d, r10d);
        a.mov(eax, 202);
        a.Label(ref code.FutexWaitCall);
        a.syscall();
        a.jmp(sleepAgain);
        a.Label(ref awake);
        a.mov(__dword_ptr[rbx + StubLayout.StubSleeps], 0);
        ReadTime(a);
        a.mov(__[rbx + StubLayout.WokeAt], rax);
    }

    // To rax; clobbers rdx.
    private static void ReadTime(Assembler a)
    {
        a.rdtsc();
        a.shl(rdx, 32);
        a.or(rax, rdx);
    }

    // r8d = flags, r9 = context: taken before the copies, since a fault in them brings another reply.
    private static void CopyOutputs(StubCode code)
    {
        Assembler a = code.A;
        a.mov(r8d, __[rbx + StubLayout.ReplyWord]);
        a.mov(r9, __[rbx + StubLayout.ReplyContext]);
        a.movzx(r14d, __byte_ptr[rbx + StubLayout.ReplyWord + (StubLayout.ReplyCopiesShift / 8)]);
        a.lea(r15, __[rbx + StubLayout.Outputs]);
        a.test(r14d, r14d);
        a.je(code.OutputEnd);
        a.Label(ref code.OutputStart);
        a.mov(rdi, __[r15]);
        a.mov(ecx, __[r15 + 8]);
        a.mov(esi, __[r15 + 12]);
        a.add(rsi, rbx);
        a.rep.movsb();
        a.add(r15, StubLayout.TransferSize);
        a.dec(r14d);
        a.jg(code.OutputStart);
        a.Label(ref code.OutputEnd);
    }

    private static void Resume(StubCode code)
    {
        Assembler a = code.A;
        Label noFs = a.CreateLabel(), noGs = a.CreateLabel();
        Label noSave = a.CreateLabel(), noLoad = a.CreateLabel();
        a.test(r8d, (int)StubLayout.ReplySaveFp);
        a.je(noSave);
        a.mov(eax, -1);
        a.mov(edx, eax);
        a.xsave64(__[rbx + StubLayout.FpArea]);
        a.Label(ref noSave);
        a.test(r8d, (int)StubLayout.ReplyTrap);
        a.jne(code.TakeFrame);
        a.test(r8d, (int)StubLayout.ReplySetFs);
        a.je(noFs);
        a.mov(rax, __[rbx + StubLayout.ReplyFsBase]);
        a.wrfsbase(rax);
        a.Label(ref noFs);
        a.test(r8d, (int)StubLayout.ReplySetGs);
        a.je(noGs);
        a.mov(rax, __[rbx + StubLayout.ReplyGsBase]);
        a.wrgsbase(rax);
        a.Label(ref noGs);
        a.test(r8d, (int)StubLayout.ReplyLoadFp);
        a.je(noLoad);
        a.mov(eax, -1);
        a.mov(edx, eax);
        a.xrstor64(__[rbx + StubLayout.FpArea]);
        a.Label(ref noLoad);
        a.test(r8d, (int)StubLayout.ReplyFast);
        a.jne(code.FastExit);
        a.test(r8d, (int)StubLayout.ReplyResume);
        a.je(code.PublishDone);
        a.mov(rsp, r9);
        a.Label(ref code.Restorer);
        a.mov(eax, 15);
        a.Label(ref code.SigreturnCall);
        a.syscall();
        a.ud2();
    }

    // r14d = orders left, r15 = next order.
    private static void RunOrders(StubCode code, Label answer)
    {
        Assembler a = code.A;
        Label next = a.CreateLabel();
        a.Label(ref code.RunOrders);
        a.lea(r15, __[rbx + StubLayout.Orders]);
        a.Label(ref next);
        a.mov(rax, __[r15]);
        a.mov(rdi, __[r15 + 8]);
        a.mov(rsi, __[r15 + 16]);
        a.mov(rdx, __[r15 + 24]);
        a.mov(r10, __[r15 + 32]);
        a.mov(r8, __[r15 + 40]);
        a.mov(r9, __[r15 + 48]);
        a.cmp(eax, 56);
        a.je(code.CloneOrder);
        a.Label(ref code.OrderCall);
        a.syscall();
        a.Label(ref code.OrderDone);
        a.mov(__qword_ptr[r15 + StubLayout.OrderResult], rax);
        a.add(r15, StubLayout.OrderSize);
        // One that fails is the last; it is reported whatever the reply asked for.
        a.cmp(rax, -4095);
        a.jae(code.PublishDone);
        a.dec(r14d);
        a.jg(next);
        a.jmp(answer);
    }
}
