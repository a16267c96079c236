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
    private static readonly (int Offset, AssemblerRegister64 Register)[] s_saved =
    [
        (0, r8), (8, r9), (16, r10), (32, r12), (40, r13), (48, r14), (56, r15), (64, rdi), (72, rsi),
        (80, rbp), (96, rdx), (104, rax),
    ];

    private const int FrameRbx = StubLayout.FastFrame + 88;
    private const int FrameRsp = StubLayout.FastFrame + 120;
    private const int FrameRip = StubLayout.FastFrame + 128;
    private const int FrameFlags = StubLayout.FastFrame + 136;

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
        foreach ((int offset, AssemblerRegister64 register) in s_saved)
        {
            a.mov(__qword_ptr[rbx + StubLayout.FastFrame + offset], register);
        }

        a.mov(__qword_ptr[rbx + FrameRip], r11);
        a.cld();
        a.lea(rbp, __[rbx + StubLayout.FastFrame]);
        a.lea(r11, __[publish]);
        a.jmp(code.CopyInputs);
        a.Label(ref publish);
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
        for (int i = 0; i < s_saved.Length - 1; i++)
        {
            a.mov(s_saved[i].Register, __[rbx + StubLayout.FastFrame + s_saved[i].Offset]);
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
