// SPDX-License-Identifier: Apache-2.0
using Iced.Intel;

namespace Moat.Platform;

/// <summary>The stub's code while it is being assembled: the assembler, and the labels its parts share.
/// </summary>
/// <remarks>
/// Conventions: rbx is the thread area everywhere; nothing is pushed, since rsp may be the guest's own.
/// </remarks>
internal sealed class StubCode
{
    internal readonly Assembler A = new(64);

    /// <summary>The signal handler.</summary>
    internal Label Handler;

    /// <summary>The instruction that tells the CPU's number.</summary>
    internal Label CpuNumber;

    /// <summary>Reads of the segment bases: jumped over where the host does not support them.</summary>
    internal Label SegmentReads;
    internal Label SegmentReadsEnd;

    /// <summary>Publishes r12d as the state and waits for the reply.</summary>
    internal Label Publish;

    /// <summary>Publishes an event without signal: orders done, or a new thread's first word.</summary>
    internal Label PublishDone;

    /// <summary>rsp = ucontext: back to whatever it says.</summary>
    internal Label Restorer;

    /// <summary>Copies inputs of call eax, registers at rbp, then goes on at r11.</summary>
    internal Label CopyInputs;

    /// <summary>r14d orders to carry out.</summary>
    internal Label RunOrders;
    internal Label CloneOrder;
    internal Label OrderDone;
    internal Label FastEntry;

    /// <summary>The end of the fast path: looks for an interrupt, then resumes.</summary>
    internal Label FastExit;
    internal Label ExitStart;
    internal Label ExitEnd;
    internal Label TakeFrame;
    internal Label InputStart;
    internal Label InputEnd;
    internal Label InputFailed;
    internal Label OutputStart;
    internal Label OutputEnd;
    internal Label FutexWakeCall;
    internal Label FutexWaitCall;
    internal Label OrderCall;
    internal Label CloneCall;
    internal Label HelloCall;
    internal Label SigreturnCall;
    internal Label GuestGsTrap;
    internal Label FrameCall;
    internal Label InterruptCall;

    internal StubCode()
    {
        Handler = A.CreateLabel();
        CpuNumber = A.CreateLabel();
        SegmentReads = A.CreateLabel();
        SegmentReadsEnd = A.CreateLabel();
        Publish = A.CreateLabel();
        PublishDone = A.CreateLabel();
        Restorer = A.CreateLabel();
        CopyInputs = A.CreateLabel();
        RunOrders = A.CreateLabel();
        CloneOrder = A.CreateLabel();
        OrderDone = A.CreateLabel();
        FastEntry = A.CreateLabel();
        FastExit = A.CreateLabel();
        ExitStart = A.CreateLabel();
        ExitEnd = A.CreateLabel();
        TakeFrame = A.CreateLabel();
        InputStart = A.CreateLabel();
        InputEnd = A.CreateLabel();
        InputFailed = A.CreateLabel();
        OutputStart = A.CreateLabel();
        OutputEnd = A.CreateLabel();
        FutexWakeCall = A.CreateLabel();
        FutexWaitCall = A.CreateLabel();
        OrderCall = A.CreateLabel();
        CloneCall = A.CreateLabel();
        HelloCall = A.CreateLabel();
        SigreturnCall = A.CreateLabel();
        GuestGsTrap = A.CreateLabel();
        FrameCall = A.CreateLabel();
        InterruptCall = A.CreateLabel();
    }

    /// <summary>The addresses that the kernel and the filter need, once assembled.</summary>
    internal StubCallSites Sites(AssemblerResult result)
    {
        // Filters and traps see the address behind the two-byte syscall instruction.
        const ulong Syscall = 2;
        return new StubCallSites
        {
            Sigreturn = result.GetLabelRIP(SigreturnCall) + Syscall,
            FutexWait = result.GetLabelRIP(FutexWaitCall) + Syscall,
            FutexWake = result.GetLabelRIP(FutexWakeCall) + Syscall,
            Order = result.GetLabelRIP(OrderCall) + Syscall,
            CloneCall = result.GetLabelRIP(CloneCall) + Syscall,
            Hello = result.GetLabelRIP(HelloCall) + Syscall,
            GuestGsTrap = result.GetLabelRIP(GuestGsTrap),
            FrameTrap = result.GetLabelRIP(FrameCall) + Syscall,
            InterruptTrap = result.GetLabelRIP(InterruptCall) + Syscall,
            FastEntry = result.GetLabelRIP(FastEntry),
            ExitStart = result.GetLabelRIP(ExitStart),
            ExitEnd = result.GetLabelRIP(ExitEnd),
            InputStart = result.GetLabelRIP(InputStart),
            InputEnd = result.GetLabelRIP(InputEnd),
            InputFailed = result.GetLabelRIP(InputFailed),
            OutputStart = result.GetLabelRIP(OutputStart),
            OutputEnd = result.GetLabelRIP(OutputEnd),
            CpuNumber = result.GetLabelRIP(CpuNumber),
            SegmentReads = result.GetLabelRIP(SegmentReads),
            SegmentReadsEnd = result.GetLabelRIP(SegmentReadsEnd),
            Handler = result.GetLabelRIP(Handler),
            Restorer = result.GetLabelRIP(Restorer),
        };
    }
}
