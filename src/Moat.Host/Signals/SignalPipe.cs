// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Iced.Intel;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Code;
using Moat.Host.Files;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Host.Signals;

/// <summary>
/// Turns signals of the calling process into bytes of a pipe, without a thread and without the runtime.
/// </summary>
/// <remarks>The handler is machine code that does one write(2); it never blocks because the pipe does
/// not.</remarks>
public sealed unsafe class SignalPipe
{
    internal const string HandlerName = "signal-pipe";
    internal const string RestorerName = "signal-restorer";
    private const ulong Restorer = 0x04000000;
    private const ulong Restart = 0x10000000;
    private const int CloseOnExecNonBlock = 0x80800;
    private const int RestorerOffset = 128;

    private readonly nuint _code;

    private SignalPipe(int fd, nuint code)
    {
        Fd = fd;
        _code = code;
    }

    /// <summary>Readable when signals have arrived: a byte each, their numbers.</summary>
    public int Fd { get; }

    /// <summary>Makes the pipe and the handler.</summary>
    [HostCall("pipe2", Why = "signals of the launching process", Stage = HostCallStage.Starting)]
    public static Result<SignalPipe> Create()
    {
        int* ends = stackalloc int[2];
        Errno error = HostCall.Invoke(SyscallNumber.pipe2, (ulong)ends, CloseOnExecNonBlock).Error;
        if (error != Errno.Success)
        {
            return error;
        }

        // The handler's last word is the descriptor that it writes to.
        byte[] handler = MachineCode.Get(HandlerName, BuildHandler).ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(handler.AsSpan(handler.Length - 8), ends[1]);
        Result<nuint> page = MachineCode.Map(
            handler, MachineCode.Get(RestorerName, BuildRestorer), RestorerOffset);
        return page.TryGet(out nuint code, out error) ? new SignalPipe(ends[0], code) : error;
    }

    /// <summary>Sends a signal's arrivals to the pipe from now on.</summary>
    [HostCall("rt_sigaction", Why = "signals of the launching process", Stage = HostCallStage.Starting)]
    public Errno Catch(int signal)
    {
        ulong* action = stackalloc ulong[] { _code, Restorer | Restart, _code + RestorerOffset, 0 };
        return HostCall.Invoke(SyscallNumber.rt_sigaction, (ulong)signal, (ulong)action, 0, 8).Error;
    }

    /// <summary>Gives a signal its default action.</summary>
    public static Errno Reset(int signal)
    {
        ulong* action = stackalloc ulong[] { 0, 0, 0, 0 };
        return HostCall.Invoke(SyscallNumber.rt_sigaction, (ulong)signal, (ulong)action, 0, 8).Error;
    }

    /// <summary>Takes the next signal's number, or 0 when there is none.</summary>
    public int Take()
    {
        byte number = 0;
        return HostFile.Read(Fd, new Span<byte>(ref number)).TryGet(out int count, out _) && count == 1
            ? number : 0;
    }

    internal static void BuildHandler(Assembler a)
    {
        // rdi: the signal's number; its low byte is written from the stack.
        Label writer = a.CreateLabel();
        a.push(rdi);
        a.mov(edi, __dword_ptr[writer]);
        a.mov(rsi, rsp);
        a.mov(edx, 1);
        a.mov(eax, (int)SyscallNumber.write);
        a.syscall();
        a.pop(rdi);
        a.ret();
        a.Label(ref writer);
        a.dq(0);
    }

    internal static void BuildRestorer(Assembler a)
    {
        a.mov(eax, (int)SyscallNumber.rt_sigreturn);
        a.syscall();
    }
}
