// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.IO;
using Iced.Intel;
using Moat.Host.Seccomp;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Platform;

/// <summary>
/// Assembles the stub: start-up, the one signal handler, the hand-off and the order loop. It runs on the
/// alternate stack inside the thread area and uses no other memory.
/// </summary>
internal sealed class StubAssembler
{
    private const int Syscalls = 31;
    private const uint AuxVdso = 33;
    private static readonly int[] s_signals = [4, 5, 7, 8, 11, Syscalls, StubLayout.InterruptSignal];
    private readonly Assembler _a = new(64);
    private readonly VdsoMapping _vdso;
    private readonly ulong _data;
    private Label _handler;
    private Label _publish;
    private Label _restorer;
    private Label _futexWake;
    private Label _futexWait;
    private Label _orderCall;
    private Label _cloneCall;
    private Label _helloCall;
    private Label _sigreturnCall;

    private StubAssembler(VdsoMapping vdso, ulong data)
    {
        _vdso = vdso;
        _data = data;
        _handler = _a.CreateLabel();
        _publish = _a.CreateLabel();
        _restorer = _a.CreateLabel();
        _futexWake = _a.CreateLabel();
        _futexWait = _a.CreateLabel();
        _orderCall = _a.CreateLabel();
        _cloneCall = _a.CreateLabel();
        _helloCall = _a.CreateLabel();
        _sigreturnCall = _a.CreateLabel();
    }

    /// <summary>
    /// Assembles for a code page at <see cref="StubLayout.CodeBase"/> with data one page behind it.
    /// </summary>
    internal static StubImage Build(VdsoMapping vdso)
    {
        const int DataOffset = 0x1000;
        var assembler = new StubAssembler(vdso, StubLayout.CodeBase + DataOffset);
        assembler.Start();
        assembler.Handler();
        using var stream = new MemoryStream();
        AssemblerResult result = assembler._a.Assemble(
            new StreamCodeWriter(stream), StubLayout.CodeBase,
            BlockEncoderOptions.ReturnNewInstructionOffsets);
        byte[] code = stream.ToArray();
        // Filters see the address behind the two-byte syscall instruction.
        var sites = new StubCallSites(
            result.GetLabelRIP(assembler._sigreturnCall) + 2, result.GetLabelRIP(assembler._futexWait) + 2,
            result.GetLabelRIP(assembler._futexWake) + 2, result.GetLabelRIP(assembler._orderCall) + 2,
            result.GetLabelRIP(assembler._cloneCall) + 2, result.GetLabelRIP(assembler._helloCall) + 2);
        ulong handler = result.GetLabelRIP(assembler._handler);
        ulong restorer = result.GetLabelRIP(assembler._restorer);
        SockFilter[] filter = StubFilter.Build(sites);
        byte[] data = assembler.Data(handler, restorer, filter);
        return new StubImage(code, data, DataOffset);
    }

    // rsp: argc, argv, 0, envp, 0, auxv. No stack is used: it is unmapped with everything else.
    private void Start()
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
        _a.mov(rbx, StubLayout.AreaBase);
        Call(9, rbx, StubLayout.AreaSize, 3, 0x11, 3, 0);
        Call(3, 3);
        Call(28, rbx, StubLayout.AreaSize, StubLayout.DontFork);
        _a.mov(__qword_ptr[rbx + StubLayout.Vdso], r13);
        ulong end = StubLayout.CodeBase + 0x2000;
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
        Call(317, 1, 8 | 32, _data + 64);
        _a.mov(__qword_ptr[rbx + StubLayout.Listener], rax);
        _a.mov(eax, 999);
        _a.syscall();
        _a.ud2();
    }

    private void Unmap(ulong start, ulong length) => Call(11, start, length);

    private void UnmapAroundVdso()
    {
        // munmap(AreaBase + AreaSize, vvar - that), then munmap(vdso end, top - that); r13 is the vDSO's
        // address.
        _a.mov(rdi, StubLayout.AreaBase + StubLayout.AreaSize);
        _a.lea(rsi, __[r13 - _vdso.DataBytes]);
        _a.sub(rsi, rdi);
        _a.mov(eax, 11);
        _a.syscall();
        _a.lea(rdi, __[r13 + _vdso.CodeBytes]);
        _a.mov(rsi, StubLayout.HostTop);
        _a.sub(rsi, rdi);
        _a.mov(eax, 11);
        _a.syscall();
    }

    // rdi = signal, rsi = siginfo, rdx = ucontext; the guest's registers are all in the ucontext.
    private void Handler()
    {
        Label wait = _a.CreateLabel(), orders = _a.CreateLabel();
        _a.Label(ref _handler);
        _a.mov(rbx, rsp);
        _a.and(rbx, -StubLayout.AreaSize);
        _a.mov(__dword_ptr[rbx + StubLayout.EventSignal], edi);
        _a.mov(__qword_ptr[rbx + StubLayout.EventInfo], rsi);
        _a.mov(__qword_ptr[rbx + StubLayout.EventContext], rdx);
        _a.rdfsbase(rax);
        _a.mov(__qword_ptr[rbx + StubLayout.EventFsBase], rax);
        _a.rdgsbase(rax);
        _a.mov(__qword_ptr[rbx + StubLayout.EventGsBase], rax);
        _a.cld();
        Publish(wait);
        WaitForReply(wait, orders);
        RunOrders(orders);
        Resume();
        RunClone();
    }

    private void Publish(Label wait)
    {
        _a.Label(ref _publish);
        _a.rdtscp();
        _a.and(ecx, 0xfff);
        _a.mov(__dword_ptr[rbx + StubLayout.StubCpu], ecx);
        _a.mov(eax, (int)StubLayout.StateEvent);
        _a.xchg(__dword_ptr[rbx + StubLayout.State], eax);
        _a.cmp(__dword_ptr[rbx + StubLayout.KernelSleeps], 0);
        _a.je(wait);
        _a.mov(__dword_ptr[rbx + StubLayout.KernelSleeps], 0);
        _a.lea(rdi, __[rbx + StubLayout.State]);
        _a.mov(esi, 1);
        _a.mov(edx, 1);
        _a.mov(eax, 202);
        _a.Label(ref _futexWake);
        _a.syscall();
    }

    private void WaitForReply(Label wait, Label orders)
    {
        Label spin = _a.CreateLabel(), sleep = _a.CreateLabel(), sleepAgain = _a.CreateLabel();
        Label replied = _a.CreateLabel();
        _a.Label(ref wait);
        _a.mov(eax, __dword_ptr[rbx + StubLayout.StubCpu]);
        _a.cmp(eax, __dword_ptr[rbx + StubLayout.KernelCpu]);
        _a.je(sleep);
        _a.mov(ecx, __dword_ptr[rbx + StubLayout.SpinCount]);
        _a.Label(ref spin);
        _a.cmp(__dword_ptr[rbx + StubLayout.State], (int)StubLayout.StateEvent);
        _a.jne(orders);
        _a.pause();
        _a.dec(ecx);
        _a.jg(spin);
        _a.Label(ref sleep);
        _a.mov(eax, 1);
        _a.xchg(__dword_ptr[rbx + StubLayout.StubSleeps], eax);
        _a.Label(ref sleepAgain);
        _a.cmp(__dword_ptr[rbx + StubLayout.State], (int)StubLayout.StateEvent);
        _a.jne(replied);
        _a.lea(rdi, __[rbx + StubLayout.State]);
        _a.xor(esi, esi);
        _a.mov(edx, (int)StubLayout.StateEvent);
        _a.xor(r10d, r10d);
        _a.mov(eax, 202);
        _a.Label(ref _futexWait);
        _a.syscall();
        _a.jmp(sleepAgain);
        _a.Label(ref replied);
        _a.mov(__dword_ptr[rbx + StubLayout.StubSleeps], 0);
    }

    // r15 = next order, r14 = orders left.
    private void RunOrders(Label orders)
    {
        Label next = _a.CreateLabel(), resume = _a.CreateLabel(), failed = _a.CreateLabel();
        Label clone = _a.CreateLabel(), stored = _a.CreateLabel();
        _resume = resume;
        _clone = clone;
        _stored = stored;
        _a.Label(ref orders);
        _a.mov(r14d, __dword_ptr[rbx + StubLayout.ReplyOrders]);
        _a.lea(r15, __[rbx + StubLayout.Orders]);
        _a.Label(ref next);
        _a.test(r14d, r14d);
        _a.je(failed);
        _a.mov(rax, __qword_ptr[r15]);
        _a.mov(rdi, __qword_ptr[r15 + 8]);
        _a.mov(rsi, __qword_ptr[r15 + 16]);
        _a.mov(rdx, __qword_ptr[r15 + 24]);
        _a.mov(r10, __qword_ptr[r15 + 32]);
        _a.mov(r8, __qword_ptr[r15 + 40]);
        _a.mov(r9, __qword_ptr[r15 + 48]);
        _a.cmp(eax, 56);
        _a.je(clone);
        _a.Label(ref _orderCall);
        _a.syscall();
        _a.Label(ref stored);
        _a.mov(__qword_ptr[r15 + StubLayout.OrderResult], rax);
        _a.add(r15, StubLayout.OrderSize);
        _a.dec(r14d);
        _a.cmp(rax, -4095);
        _a.jb(next);
        // All done, or one failed: resume only when that was asked for and nothing failed.
        _a.mov(__dword_ptr[rbx + StubLayout.EventSignal], 0);
        _a.jmp(_publish);
        _a.Label(ref failed);
        _a.test(__dword_ptr[rbx + StubLayout.ReplyFlags], (int)StubLayout.ReplyResume);
        _a.jne(resume);
        _a.mov(__dword_ptr[rbx + StubLayout.EventSignal], 0);
        _a.jmp(_publish);
    }

    private Label _resume;
    private Label _clone;
    private Label _stored;

    private void Resume()
    {
        Label noFs = _a.CreateLabel(), noGs = _a.CreateLabel();
        _a.Label(ref _resume);
        _a.mov(ecx, __dword_ptr[rbx + StubLayout.ReplyFlags]);
        _a.test(ecx, (int)StubLayout.ReplySetFs);
        _a.je(noFs);
        _a.mov(rax, __qword_ptr[rbx + StubLayout.ReplyFsBase]);
        _a.wrfsbase(rax);
        _a.Label(ref noFs);
        _a.test(ecx, (int)StubLayout.ReplySetGs);
        _a.je(noGs);
        _a.mov(rax, __qword_ptr[rbx + StubLayout.ReplyGsBase]);
        _a.wrgsbase(rax);
        _a.Label(ref noGs);
        _a.mov(rsp, __qword_ptr[rbx + StubLayout.ReplyContext]);
        _a.Label(ref _restorer);
        _a.mov(eax, 15);
        _a.Label(ref _sigreturnCall);
        _a.syscall();
        _a.ud2();
    }

    // A new thread starts on its own area's stack and says hello by madvise; a forked process keeps rsp, has
    // no area (DONTFORK) and says hello by mapping its own. r12d tells which; nothing but registers is used
    // until then.
    private void RunClone()
    {
        Label parent = _a.CreateLabel(), process = _a.CreateLabel();
        _a.Label(ref _clone);
        _a.mov(r12, r9);
        _a.xor(r9d, r9d);
        _a.mov(r13, rdi);
        _a.Label(ref _cloneCall);
        _a.syscall();
        _a.test(rax, rax);
        _a.jne(parent);
        _a.mov(rbx, rsp);
        _a.and(rbx, -StubLayout.AreaSize);
        _a.mov(rdi, rbx);
        _a.mov(esi, StubLayout.AreaSize);
        _a.test(r13d, 0x100);
        _a.je(process);
        _a.mov(edx, StubLayout.DontFork);
        _a.mov(eax, 28);
        _a.jmp(_helloCall);
        _a.Label(ref process);
        _a.mov(edx, 3);
        _a.mov(r10d, 0x11);
        _a.mov(r8, r12);
        _a.xor(r9d, r9d);
        _a.mov(eax, 9);
        _a.Label(ref _helloCall);
        _a.syscall();
        _a.mov(__dword_ptr[rbx + StubLayout.EventSignal], 0);
        _a.jmp(_publish);
        _a.Label(ref parent);
        _a.jmp(_stored);
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

    // 0: kernel_sigaction, 32: stack_t, 56: empty mask, 64: sock_fprog, 80: filter.
    private byte[] Data(ulong handler, ulong restorer, SockFilter[] filter)
    {
        const ulong Flags = 4 | 0x08000000 | 0x04000000;
        const ulong AllButFaults = ~((1UL << 10) | (1UL << 6));
        ReadOnlySpan<byte> program = SeccompFilter.AsBytes(filter);
        byte[] data = new byte[80 + program.Length];
        Span<byte> span = data;
        BinaryPrimitives.WriteUInt64LittleEndian(span, handler);
        BinaryPrimitives.WriteUInt64LittleEndian(span[8..], Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(span[16..], restorer);
        BinaryPrimitives.WriteUInt64LittleEndian(span[24..], AllButFaults);
        BinaryPrimitives.WriteUInt64LittleEndian(span[32..], StubLayout.AreaBase + StubLayout.Stack);
        BinaryPrimitives.WriteUInt64LittleEndian(span[48..], StubLayout.StackSize);
        BinaryPrimitives.WriteUInt16LittleEndian(span[64..], (ushort)filter.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(span[72..], _data + 80);
        program.CopyTo(span[80..]);
        return data;
    }
}
