// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Iced.Intel;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Code;
using Moat.Host.Files;
using Moat.Host.Processes;
using Moat.Host.Shared;
using Moat.Host.Signals;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Host.Launching;

/// <summary>
/// Makes the same host calls in every thread of this process: capabilities belong to threads, not processes.
/// </summary>
/// <remarks>The other threads (the runtime's) make them in a signal handler of machine code.</remarks>
public static unsafe class ThreadBroadcast
{
    internal const string HandlerName = "thread-broadcast";
    private const int Signal = 50;
    private const int RecordWords = 8;
    private const int ResultWord = 7;
    private const int RestorerOffset = 256;
    private const ulong Restorer = 0x04000000;
    private const ulong Restart = 0x10000000;
    private const ulong End = ulong.MaxValue;

    /// <summary>The other threads of this process; needs /proc.</summary>
    public static int[] OtherThreads()
    {
        int self = HostProcess.GetTid();
        var threads = new List<int>();
        foreach (string path in Directory.GetDirectories("/proc/self/task"))
        {
            int thread = InnerNumber(path);
            if (thread != self)
            {
                threads.Add(thread);
            }
        }

        return threads.ToArray();
    }

    /// <summary>Makes the calls in this thread and then in the others; the first error ends it.</summary>
    /// <param name="others">From <see cref="OtherThreads"/>.</param>
    /// <param name="calls">Calls of up to three arguments. What they point to must stay valid.</param>
    public static Errno Run(
        int[] others, ReadOnlySpan<(SyscallNumber Number, ulong A0, ulong A1, ulong A2)> calls)
    {
        foreach ((SyscallNumber number, ulong a0, ulong a1, ulong a2) in calls)
        {
            Errno error = HostCall.Invoke(number, a0, a1, a2).Error;
            if (error != Errno.Success)
            {
                return error;
            }
        }

        foreach (int thread in others)
        {
            Errno error = RunIn(thread, calls);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return Errno.Success;
    }

    /// <summary>
    /// /proc may belong to an outer PID namespace, whose numbers differ: NSpid's last word is ours.
    /// </summary>
    private static int InnerNumber(string path)
    {
        string text = ProcFile.Read(path + "/status");
        int start = text.IndexOf("\nNSpid:", StringComparison.Ordinal);
        int end = start < 0 ? -1 : text.IndexOf('\n', start + 1);
        if (end > 0)
        {
            ReadOnlySpan<char> line = text.AsSpan(start + 1, end - start - 1);
            return int.Parse(line[(line.LastIndexOf('\t') + 1)..], CultureInfo.InvariantCulture);
        }

        return int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
    }

    private static Errno RunIn(
        int thread, ReadOnlySpan<(SyscallNumber Number, ulong A0, ulong A1, ulong A2)> calls)
    {
        Result<nuint> mapped = HostMemory.Map(
            0, 4096, HostProtection.ReadWrite, HostMapFlags.Private | HostMapFlags.Anonymous, -1, 0);
        if (!mapped.TryGet(out nuint page, out Errno error))
        {
            return error;
        }

        // A done word, the first error, then the records. The handler's last word is this page's address.
        ulong* data = (ulong*)page;
        FillRecords(data + 2, calls);
        byte[] handler = MachineCode.Get(HandlerName, BuildHandler).ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(handler.AsSpan(handler.Length - 8), page);
        mapped = MachineCode.Map(
            handler, MachineCode.Get(SignalPipe.RestorerName, SignalPipe.BuildRestorer), RestorerOffset);
        if (!mapped.TryGet(out nuint code, out error))
        {
            return error;
        }

        ulong* action = stackalloc ulong[] { code, Restorer | Restart, code + RestorerOffset, 0 };
        error = error != Errno.Success
            ? error : HostCall.Invoke(SyscallNumber.rt_sigaction, Signal, (ulong)action, 0, 8).Error;
        error = error != Errno.Success
            ? error : HostProcess.SendToThread(HostProcess.GetPid(), thread, Signal);
        while (error == Errno.Success && System.Threading.Volatile.Read(ref *(uint*)data) == 0)
        {
            _ = HostFutex.Wait((uint*)data, 0, 10_000_000);
        }

        // The pages stay mapped: the thread may still be on its way out of the handler.
        return error != Errno.Success ? error : (Errno)(-(long)data[1]);
    }

    private static void FillRecords(
        ulong* record, ReadOnlySpan<(SyscallNumber Number, ulong A0, ulong A1, ulong A2)> calls)
    {
        foreach ((SyscallNumber number, ulong a0, ulong a1, ulong a2) in calls)
        {
            (record[0], record[1], record[2], record[3]) = ((ulong)number, a0, a1, a2);
            record += RecordWords;
        }

        record[0] = End;
    }

    internal static void BuildHandler(Assembler a)
    {
        Label data = a.CreateLabel();
        Label loop = a.CreateLabel();
        Label good = a.CreateLabel();
        Label done = a.CreateLabel();
        a.push(rbx);
        a.push(r12);
        a.mov(r12, __qword_ptr[data]);
        a.lea(rbx, __[r12 + 16]);
        a.Label(ref loop);
        a.mov(rax, __[rbx]);
        a.cmp(rax, -1);
        a.je(done);
        a.mov(rdi, __[rbx + 8]);
        a.mov(rsi, __[rbx + 16]);
        a.mov(rdx, __[rbx + 24]);
        a.xor(r10d, r10d);
        a.xor(r8d, r8d);
        a.syscall();
        a.mov(__[rbx + (8 * ResultWord)], rax);
        a.add(rbx, 8 * RecordWords);
        a.test(rax, rax);
        a.jns(good);
        a.mov(__[r12 + 8], rax);
        a.jmp(done);
        a.Label(ref good);
        a.jmp(loop);
        a.Label(ref done);
        a.mov(__dword_ptr[r12], 1);
        a.mov(rdi, r12);
        a.mov(esi, 1);
        a.mov(edx, 1);
        a.mov(eax, (int)SyscallNumber.futex);
        a.syscall();
        a.pop(r12);
        a.pop(rbx);
        a.ret();
        a.Label(ref data);
        a.dq(0);
    }
}
