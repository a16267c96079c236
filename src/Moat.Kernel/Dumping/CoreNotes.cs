// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Kernel.Tracing;
using Moat.Memory;

namespace Moat.Kernel.Dumping;

/// <summary>
/// The notes of a core file: what the process and its threads were doing (elf.h; linux/elfcore.h).
/// </summary>
internal static class CoreNotes
{
    private const int StatusNote = 1;
    private const int FpNote = 2;
    private const int ProcessNote = 3;
    private const int AuxiliaryNote = 6;
    private const int ExtendedFpNote = 0x202;
    private const int FilesNote = 0x46494c45;
    private const int SigInfoNote = 0x53494749;
    private const int StatusSize = 336;
    private const int RegistersOffset = 112;
    private const int ProcessSize = 136;
    private const int LargestExtendedState = 16 * 1024;

    // What Linux allows for all names of mapped files together (fs/binfmt_elf.c, MAX_FILE_NOTE_SIZE).
    private const int LargestFilesNote = 4 << 20;

    /// <summary>What one thread was doing; taken on its own thread, out of guest code.</summary>
    internal static (byte[] Status, byte[] Vectors) OfThread(Task task, int signal)
    {
        var status = new ArrayBufferWriter<byte>(512);
        Span<byte> body = stackalloc byte[StatusSize];
        body.Clear();
        FillStatus(body, task, signal);
        Add(status, "CORE", StatusNote, body);
        var vectors = new ArrayBufferWriter<byte>(4096);
        Span<byte> state = stackalloc byte[Math.Clamp(
            TraceFpState.SizeOf(task), TraceFpState.LegacySize, LargestExtendedState)];
        TraceFpState.Get(task, state);
        Add(vectors, "CORE", FpNote, state[..TraceFpState.LegacySize]);
        if (state.Length > TraceFpState.LegacySize)
        {
            Add(vectors, "LINUX", ExtendedFpNote, state);
        }

        return (status.WrittenSpan.ToArray(), vectors.WrittenSpan.ToArray());
    }

    /// <summary>What the process was doing.</summary>
    internal static byte[] OfProcess(Task task, in SigInfo info, List<DumpRange> ranges)
    {
        var notes = new ArrayBufferWriter<byte>(4096);
        Span<byte> body = stackalloc byte[ProcessSize];
        body.Clear();
        FillProcess(body, task);
        Add(notes, "CORE", ProcessNote, body);
        Add(notes, "CORE", SigInfoNote, MemoryMarshal.AsBytes(new ReadOnlySpan<SigInfo>(in info)));
        Add(notes, "CORE", AuxiliaryNote, task.AddressSpace.AuxiliaryVector);
        byte[] files = Files(ranges);
        if (files.Length <= LargestFilesNote)
        {
            Add(notes, "CORE", FilesNote, files);
        }

        return notes.WrittenSpan.ToArray();
    }

    // struct elf_prstatus.
    private static void FillStatus(Span<byte> body, Task task, int signal)
    {
        ThreadGroup group = task.Group;
        BinaryPrimitives.WriteInt32LittleEndian(body, signal);
        BinaryPrimitives.WriteInt16LittleEndian(body[12..], (short)signal);
        BinaryPrimitives.WriteUInt64LittleEndian(body[16..], task.Pending.Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(body[24..], task.SignalMask);
        FillIds(body[32..], task, task.ThreadId);
        CpuTimes own = ProcessCpu.OfTask(task);
        WriteTime(body[48..], own.UserNs);
        WriteTime(body[64..], own.SystemNs);
        WriteTime(body[80..], group.Cpu.Children.UserNs);
        WriteTime(body[96..], group.Cpu.Children.SystemNs);
        UserRegisters registers = TraceRegisters.Get(task);
        MemoryMarshal.Write(body[RegistersOffset..], in registers);
        BinaryPrimitives.WriteInt32LittleEndian(body[(RegistersOffset + TraceRegisters.Size)..], 1);
    }

    // struct elf_prpsinfo.
    private static void FillProcess(Span<byte> body, Task task)
    {
        const int NameOffset = 40;
        const int NameSize = 16;
        const int ArgumentsOffset = 56;
        const int ArgumentsSize = 80;
        body[1] = (byte)'R';
        body[3] = (byte)(sbyte)task.Scheduling.Nice;
        BinaryPrimitives.WriteUInt32LittleEndian(body[16..], task.ShowUid(task.Credentials.Uid));
        BinaryPrimitives.WriteUInt32LittleEndian(body[20..], task.ShowGid(task.Credentials.Gid));
        FillIds(body[24..], task, task.Group.ProcessId);
        ReadOnlySpan<byte> name = task.Name;
        name[..Math.Min(name.Length, NameSize - 1)].CopyTo(body[NameOffset..]);
        ProgramLayout program = task.AddressSpace.Program;
        int length = (int)Math.Min(program.ArgumentsEnd - program.ArgumentsStart, ArgumentsSize - 1);
        Span<byte> arguments = body.Slice(ArgumentsOffset, length);
        int read = task.Memory.ReadPartial(program.ArgumentsStart, arguments);
        arguments[read..].Clear();
        arguments[..read].Replace((byte)0, (byte)' ');
    }

    private static void FillIds(Span<byte> ids, Task task, int own)
    {
        ThreadGroup group = task.Group;
        BinaryPrimitives.WriteInt32LittleEndian(ids, task.ShowProcess(own));
        BinaryPrimitives.WriteInt32LittleEndian(ids[4..], task.ShowProcess(group.Parent?.ProcessId ?? 0));
        BinaryPrimitives.WriteInt32LittleEndian(ids[8..], task.ShowProcess(group.ProcessGroup.Id));
        BinaryPrimitives.WriteInt32LittleEndian(ids[12..], task.ShowProcess(group.Session.Id));
    }

    private static void WriteTime(Span<byte> timeval, long ns)
    {
        BinaryPrimitives.WriteInt64LittleEndian(timeval, ns / 1_000_000_000);
        BinaryPrimitives.WriteInt64LittleEndian(timeval[8..], ns % 1_000_000_000 / 1000);
    }

    // NT_FILE: how many, the page size, then start, end and page of each; then the names.
    private static byte[] Files(List<DumpRange> ranges)
    {
        const ulong PageSize = 4096;
        var words = new ArrayBufferWriter<byte>(1024);
        var names = new ArrayBufferWriter<byte>(1024);
        ulong count = 0;
        foreach (DumpRange range in ranges)
        {
            if (range.Name is not null)
            {
                count++;
                Append(words, range.Start);
                Append(words, range.End);
                Append(words, range.Offset / PageSize);
                names.Write(Encoding.UTF8.GetBytes(range.Name));
                names.Write("\0"u8);
            }
        }

        var all = new ArrayBufferWriter<byte>(16 + words.WrittenCount + names.WrittenCount);
        Append(all, count);
        Append(all, PageSize);
        all.Write(words.WrittenSpan);
        all.Write(names.WrittenSpan);
        return all.WrittenSpan.ToArray();
    }

    private static void Append(ArrayBufferWriter<byte> writer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(writer.GetSpan(8), value);
        writer.Advance(8);
    }

    // Elf64_Nhdr, the name, the body; each padded to 4 bytes.
    private static void Add(ArrayBufferWriter<byte> notes, string name, int type, ReadOnlySpan<byte> body)
    {
        Span<byte> header = notes.GetSpan(12);
        BinaryPrimitives.WriteInt32LittleEndian(header, name.Length + 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], body.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], type);
        notes.Advance(12);
        AddPadded(notes, Encoding.ASCII.GetBytes(name + "\0"));
        AddPadded(notes, body);
    }

    private static void AddPadded(ArrayBufferWriter<byte> notes, ReadOnlySpan<byte> bytes)
    {
        notes.Write(bytes);
        notes.Write("\0\0\0"u8[..(-bytes.Length & 3)]);
    }
}
