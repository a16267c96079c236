// SPDX-License-Identifier: Apache-2.0
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform;

/// <summary>
/// The fast path: from a patched call site through the hand-off and back, without a signal.
/// </summary>
/// <remarks>
/// An interrupt that comes between <see cref="StubCode.FastEntry"/> and <see cref="StubCode.ExitStart"/> is
/// noted in <see cref="StubLayout.Pending"/>, which is looked at last; one that comes later is published with
/// its frame, and the kernel puts the registers there that the exit was about to load. So none is lost.
/// </remarks>
internal static class StubFastCode
{
    private static readonly AssemblerRegister64[] s_arguments = [rdi, rsi, rdx, r10, r8, r9];
    private static readonly AssemblerRegister64[] s_others = [r12, r13, r14, r15, rbp];
    private const int Frame = StubLayout.FastRegisters;
    private const int FrameRbx = Frame + FastFrame.RbxOffset;
    private const int FrameRsp = Frame + FastFrame.RspOffset;
    private const int FrameRip = Frame + FastFrame.RipOffset;
    private const int FrameFlags = Frame + FastFrame.EflagsOffset;

    /// <summary>rax = number, r11 = where to go on; rcx is free, everything else is the guest's.</summary>
    internal static void EmitEntry(StubCode code)
    {
        Assembler a = code.A;
        Label isOurs = a.CreateLabel(), publish = a.CreateLabel();
        a.Label(ref code.FastEntry);
        a.mov(rcx, __qword_ptr.gs[StubLayout.Magic]);
        a.lea(rcx, __[rcx - StubLayout.MagicValue]);
        a.jrcxz(isOurs);
        // Not a syscall: that would overwrite r11.
        a.Label(ref code.GuestGsTrap);
        a.ud2();
        a.Label(ref isOurs);
        a.mov(__qword_ptr.gs[FrameRsp], rsp);
        a.mov(__qword_ptr.gs[FrameRbx], rbx);
        a.mov(rbx, __qword_ptr.gs[StubLayout.Self]);
        a.lea(rsp, __[rbx + FrameFlags + 8]);
        a.pushfq();
        for (int i = 0; i < s_arguments.Length; i++)
        {
            a.mov(__qword_ptr[rbx + Frame + (i * 8)], s_arguments[i]);
        }

        a.mov(__qword_ptr[rbx + Frame + FastFrame.RaxOffset], rax);
        for (int i = 0; i < s_others.Length; i++)
        {
            a.mov(__qword_ptr[rbx + Frame + FastFrame.RaxOffset + 8 + (i * 8)], s_others[i]);
        }

        a.mov(__qword_ptr[rbx + FrameRip], r11);
        a.cld();
        a.lea(rbp, __[rbx + Frame]);
        a.lea(r11, __[publish]);
        a.jmp(code.CopyInputs);
        a.Label(ref publish);
        // All of the call's line in one go: the kernel polls it.
        a.mov(eax, __[rbp + FastFrame.RaxOffset]);
        for (int i = 0; i < s_arguments.Length; i++)
        {
            a.mov(s_arguments[i], __[rbp + (i * 8)]);
        }

        a.mov(__dword_ptr[rbx + StubLayout.CallNumber], eax);
        for (int i = 0; i < s_arguments.Length; i++)
        {
            a.mov(__qword_ptr[rbx + StubLayout.CallArguments + (i * 8)], s_arguments[i]);
        }

        a.mov(r12d, (int)StubLayout.StateFast);
        a.jmp(code.Publish);
    }

    /// <summary>Back to guest code; what comes between the check and the last jump is a whole exit.</summary>
    internal static void EmitExit(StubCode code)
    {
        Assembler a = code.A;
        Label interrupted = a.CreateLabel();
        a.Label(ref code.FastExit);
        a.cmp(__dword_ptr[rbx + StubLayout.Pending], 0);
        a.Label(ref code.ExitStart);
        a.jne(interrupted);
        a.mov(rcx, __[rbx + FrameRip]);
        for (int i = 0; i < s_arguments.Length; i++)
        {
            a.mov(s_arguments[i], __[rbx + Frame + (i * 8)]);
        }

        for (int i = 0; i < s_others.Length; i++)
        {
            a.mov(s_others[i], __[rbx + Frame + FastFrame.RaxOffset + 8 + (i * 8)]);
        }

        a.mov(rax, __[rbx + StubLayout.ReplyRax]);
        a.mov(r11, __[rbx + FrameFlags]);
        a.lea(rsp, __[rbx + FrameFlags]);
        a.popfq();
        a.mov(rsp, __[rbx + FrameRsp]);
        a.mov(rbx, __[rbx + FrameRbx]);
        a.jmp(rcx);
        a.Label(ref interrupted);
        a.mov(__dword_ptr[rbx + StubLayout.Pending], 0);
        a.mov(eax, StubLayout.OwnTrap);
        a.Label(ref code.InterruptCall);
        a.syscall();
        a.ud2();
        a.Label(ref code.ExitEnd);
        a.nop();
        a.Label(ref code.TakeFrame);
        a.mov(eax, StubLayout.OwnTrap);
        a.Label(ref code.FrameCall);
        a.syscall();
        a.ud2();
    }
}
