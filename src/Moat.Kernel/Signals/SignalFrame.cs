// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Host;
using Moat.Kernel.Tasks;
using Moat.Platform;

namespace Moat.Kernel.Signals;

/// <summary>
/// struct rt_sigframe on the guest's stack: pretcode, ucontext, siginfo, and above them the xsave area.
/// </summary>
public static class SignalFrame
{
    private const int ContextOffset = 8;
    private const int ContextSize = 304;
    private const int InfoOffset = ContextOffset + ContextSize;
    private const int FrameSize = InfoOffset + 128;
    private const int StackOffset = 16;
    private const int RegistersOffset = 40;
    private const int FpStateOffset = 224;
    private const int MaskOffset = 296;
    private const int RedZone = 128;
    private const int LargestFpState = 16 * 1024;

    // Alignment to 64 below the xsave area, to 16 and the return address below the frame.
    private const int LargestGap = 64 + 16 + 8;
    private const ulong UserSegments = 0x33 | (0x2bUL << 48);

    // UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS
    private const ulong ContextFlags = 7;

    // Direction, trap, resume: cleared for handlers.
    private const ulong HandlerFlagsCleared = 0x400 | 0x100 | 0x10000;

    // CF PF AF ZF SF TF DF OF RF NT AC: what a frame may set (arch/x86/kernel/signal.c, FIX_EFLAGS).
    private const ulong RestorableFlags = 0x50dd5 | 0x100 | 0x400;

    /// <summary>
    /// Builds the frame and points the registers at the handler; false when the stack cannot hold it.
    /// </summary>
    internal static bool Push(Task task, in SigInfo info, in SignalAction action, ulong savedMask)
    {
        if ((action.Flags & SignalAction.SA_RESTORER) == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> fp = task.Stub.ReadFpState();
        ulong stack = task.Registers.Rsp - RedZone;
        SignalStack alternate = task.AlternateStack;
        if ((action.Flags & SignalAction.SA_ONSTACK) != 0 && alternate.Size != 0
            && !IsOn(alternate, task.Registers.Rsp))
        {
            stack = alternate.Address + alternate.Size;
        }

        ulong fpAddress = (stack - (ulong)fp.Length) & ~63UL;
        ulong frame = ((fpAddress - FrameSize) & ~15UL) - 8;
        if (IsOn(alternate, task.Registers.Rsp) && !IsOn(alternate, frame))
        {
            return false;
        }

        // From the frame's first byte to the last of the xsave area: one copy. (stackalloc gives zeros.)
        int gap = (int)(fpAddress - frame);
        Span<byte> bytes = stackalloc byte[gap + fp.Length];
        fp.CopyTo(bytes[gap..]);
        MemoryMarshal.Write(bytes, action.Restorer);
        Span<byte> context = bytes.Slice(ContextOffset, ContextSize);
        MemoryMarshal.Write(context, ContextFlags);
        SignalStack shown = alternate;
        shown.Flags = alternate.Size == 0 ? SignalStack.SS_DISABLE
            : (alternate.Flags & SignalStack.SS_AUTODISARM)
            | (IsOn(alternate, task.Registers.Rsp) ? SignalStack.SS_ONSTACK : 0);
        MemoryMarshal.Write(context[StackOffset..], shown);
        GuestRegisters registers = task.Registers;
        registers.Segments = UserSegments;
        registers.OldMask = savedMask;
        MemoryMarshal.Write(context[RegistersOffset..], registers);
        MemoryMarshal.Write(context[FpStateOffset..], fp.IsEmpty ? 0UL : fpAddress);
        MemoryMarshal.Write(context[MaskOffset..], savedMask);
        MemoryMarshal.Write(bytes[InfoOffset..], info);
        if (task.Memory.Write(frame, bytes) != Errno.Success)
        {
            return false;
        }

        task.Stub.ResetFpState();
        if ((alternate.Flags & SignalStack.SS_AUTODISARM) != 0)
        {
            task.AlternateStack = new SignalStack { Flags = SignalStack.SS_DISABLE };
        }

        task.Registers.Rdi = (ulong)info.Number;
        task.Registers.Rsi = frame + InfoOffset;
        task.Registers.Rdx = frame + ContextOffset;
        task.Registers.Rax = 0;
        task.Registers.Rip = action.Handler;
        task.Registers.Rsp = frame;
        task.Registers.Eflags &= ~HandlerFlagsCleared;
        return true;
    }

    /// <summary>What <see cref="Pop"/> reads, for stubs to copy ahead.</summary>
    public static InputEntry Input => new(
        InputEntry.StackPointer, -1, FrameSize + LargestGap + Math.Min(Cpu.SignalFpBytes, LargestFpState));

    /// <summary>rt_sigreturn(2): takes the frame that rsp points into; false when it is unreadable.</summary>
    public static bool Pop(Task task)
    {
        // The xsave area is most likely where Push put it, a little above: then one copy brings both.
        ulong contextAddress = task.Registers.Rsp;
        Span<byte> bytes = stackalloc byte[FrameSize + LargestGap + Math.Min(task.Stub.FpState().Length,
            LargestFpState)];
        bytes = bytes[..task.Memory.ReadPartial(contextAddress, bytes)];
        if (bytes.Length < ContextSize)
        {
            return false;
        }

        Span<byte> context = bytes[..ContextSize];
        var registers = MemoryMarshal.Read<GuestRegisters>(context[RegistersOffset..]);
        ulong fpAddress = MemoryMarshal.Read<ulong>(context[FpStateOffset..]);
        ulong offset = fpAddress - contextAddress;
        if (!RestoreFpState(task, fpAddress, offset < (ulong)bytes.Length ? bytes[(int)offset..] : default))
        {
            return false;
        }

        registers.Eflags = (task.Registers.Eflags & ~RestorableFlags) | (registers.Eflags & RestorableFlags);
        registers.Segments = task.Registers.Segments;
        task.Registers = registers;
        AlternateStackRules.Restore(task, MemoryMarshal.Read<SignalStack>(context[StackOffset..]));
        SignalDelivery.SetMask(task, MemoryMarshal.Read<ulong>(context[MaskOffset..]));
        return true;
    }

    /// <summary>True when a stack pointer lies on the alternate stack.</summary>
    internal static bool IsOn(in SignalStack stack, ulong pointer) =>
        (stack.Flags & SignalStack.SS_AUTODISARM) == 0 && stack.Size != 0
        && pointer - 1 >= stack.Address && pointer - 1 - stack.Address < stack.Size;

    // The host's own sigreturn judges the contents; what it refuses comes back as a fault of the guest.
    private static bool RestoreFpState(Task task, ulong address, ReadOnlySpan<byte> known)
    {
        Span<byte> place = task.Stub.FpState();
        if (place.IsEmpty || place.Length > LargestFpState)
        {
            return false;
        }

        Span<byte> wanted = stackalloc byte[place.Length];
        if (address == 0)
        {
            // As a fresh process: fcw 0x37f, mxcsr 0x1f80, nothing in use.
            place.CopyTo(wanted);
            wanted[..416].Clear();
            MemoryMarshal.Write(wanted, (ushort)0x37f);
            MemoryMarshal.Write(wanted[24..], 0x1f80u);
            wanted.Slice(512, Math.Min(64, wanted.Length - 512)).Clear();
        }
        else if (known.Length >= wanted.Length)
        {
            known[..wanted.Length].CopyTo(wanted);
        }
        else if (task.Memory.Read(address, wanted) != Errno.Success)
        {
            return false;
        }

        // The layout words stay the host's own (sw_reserved, and the second magic at the end).
        wanted[..464].CopyTo(place);
        if (place.Length > 512 + 4)
        {
            wanted[512..^4].CopyTo(place[512..]);
        }

        return true;
    }
}
