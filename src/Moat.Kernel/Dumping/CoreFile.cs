// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Kernel.Dumping;

/// <summary>Writes an ELF core file: header, notes, and the process's memory, with holes for zeros.</summary>
/// <remarks>Of one dump, on the dumping task's thread.</remarks>
internal sealed class CoreFile : IDisposable
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int PageSize = 4096;
    private const int ChunkSize = 64 * 1024;
    private const uint LoadSegment = 1;
    private const uint NoteSegment = 4;

    private readonly Task _task;
    private readonly OpenFile _file;
    private readonly ulong _limit;
    private long _position;
    private ulong _written;

    private CoreFile(Task task, OpenFile file)
    {
        _task = task;
        _file = file;
        _limit = task.Group.Limits.Soft(Resource.Core);
    }

    /// <summary>
    /// Makes it as the dumping task would, in place of an older one: a regular file of the task's own that
    /// nobody else may read; else an error.
    /// </summary>
    internal static Result<CoreFile> Open(Task task, ReadOnlySpan<byte> path)
    {
        const OpenFlags Flags = OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.WriteOnly
            | OpenFlags.NoFollow;
        Location start = path[0] == '/' ? task.FileSystem.Root : task.FileSystem.WorkingDirectory;
        _ = NameOperations.Remove(task, start, path, directory: false);
        if (!FileOpener.Open(task, start, path, Flags, 0x180).TryGet(out OpenFile? file, out Errno error))
        {
            return error;
        }

        const uint ForbiddenMode = 0x3f;
        const uint OwnerMode = 0x180;
        error = !file.GetAttributes().TryGet(out InodeAttributes attributes, out Errno failed) ? failed
            : file.Location?.Inode.Type != FileType.Regular || attributes.LinkCount > 1
            || attributes.Uid != task.Credentials.FsUid
            || (attributes.Mode & (ForbiddenMode | OwnerMode)) != OwnerMode ? Errno.EPERM
            : file.Truncate(task, 0);
        if (error != Errno.Success)
        {
            file.Release();
            return error;
        }

        return new CoreFile(task, file);
    }

    /// <summary>How much of each mapping goes into the file, in bytes.</summary>
    internal long[] Measure(List<DumpRange> ranges) => ranges.ConvertAll(ContentSize).ToArray();

    /// <summary>Writes header and notes; false when not even they fit RLIMIT_CORE.</summary>
    internal bool WriteHead(List<DumpRange> ranges, long[] sizes, ReadOnlySpan<byte> notes)
    {
        bool done = Emit(Head(ranges, sizes, notes.Length)) && Emit(notes);
        _position = PageUp(_position);
        return done;
    }

    /// <summary>Writes as much of the memory as fits RLIMIT_CORE.</summary>
    internal void WriteMemory(List<DumpRange> ranges, long[] sizes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            for (int i = 0; i < sizes.Length; i++)
            {
                if (!WriteRange(ranges[i].Start, sizes[i], buffer.AsSpan(0, ChunkSize)))
                {
                    break;
                }
            }

            // What ends in a hole is still as long as its headers say.
            _ = _file.Truncate(_task, _position);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _file.Release();

    private static byte[] Head(List<DumpRange> ranges, long[] sizes, int notesLength)
    {
        long notesAt = HeaderSize + ((long)SegmentSize * (sizes.Length + 1));
        byte[] head = new byte[notesAt];
        ReadOnlySpan<byte> identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(head);
        Span<byte> header = head;
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], (ushort)(ranges.Count + 1));
        WriteSegment(header[HeaderSize..], NoteSegment, 0, notesAt, default, notesLength, 4);
        long at = PageUp(notesAt + notesLength);
        for (int i = 0; i < ranges.Count; i++)
        {
            WriteSegment(header[(HeaderSize + ((i + 1) * SegmentSize))..], LoadSegment,
                Access(ranges[i].Protection), at, ranges[i], sizes[i], PageSize);
            at += sizes[i];
        }

        return head;
    }

    // Elf64_Phdr.
    private static void WriteSegment(
        Span<byte> to, uint type, uint access, long at, in DumpRange range, long size, ulong alignment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, type);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], access);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], at);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], range.Start);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], size);
        BinaryPrimitives.WriteUInt64LittleEndian(to[40..], range.End - range.Start);
        BinaryPrimitives.WriteUInt64LittleEndian(to[48..], alignment);
    }

    private static uint Access(MemoryProtection protection) =>
        ((protection & MemoryProtection.Read) != 0 ? 4u : 0)
        | ((protection & MemoryProtection.Write) != 0 ? 2u : 0)
        | ((protection & MemoryProtection.Execute) != 0 ? 1u : 0);

    private long ContentSize(DumpRange range)
    {
        switch (range.Content)
        {
            case DumpContent.Everything:
                return (long)(range.End - range.Start);
            case DumpContent.ElfHeader:
                Span<byte> magic = stackalloc byte[4];
                bool isElf = _task.Memory.ReadPartial(range.Start, magic) == 4
                    && magic.SequenceEqual("\u007fELF"u8);
                return isElf ? PageSize : 0;
            default:
                return 0;
        }
    }

    private bool WriteRange(ulong start, long size, Span<byte> buffer)
    {
        for (long done = 0; done < size; done += buffer.Length)
        {
            if (_task.Group.IsExiting)
            {
                return false;
            }

            Span<byte> chunk = buffer[..(int)Math.Min(buffer.Length, size - done)];
            ReadPages(start + (ulong)done, chunk);
            if (!EmitPages(chunk))
            {
                return false;
            }
        }

        return true;
    }

    // What cannot be read is zeros.
    private void ReadPages(ulong address, Span<byte> into)
    {
        int done = 0;
        while (done < into.Length)
        {
            done += _task.Memory.ReadPartial(address + (ulong)done, into[done..]);
            if (done < into.Length)
            {
                int next = Math.Min((done + PageSize) & -PageSize, into.Length);
                into[done..next].Clear();
                done = next;
            }
        }
    }

    private bool EmitPages(ReadOnlySpan<byte> pages)
    {
        for (int at = 0; at < pages.Length;)
        {
            int end = at;
            bool isZero = !pages.Slice(at, PageSize).ContainsAnyExcept((byte)0);
            while (end < pages.Length && !pages.Slice(end, PageSize).ContainsAnyExcept((byte)0) == isZero)
            {
                end += PageSize;
            }

            if (isZero)
            {
                _position += end - at;
            }
            else if (!Emit(pages[at..end]))
            {
                return false;
            }

            at = end;
        }

        return true;
    }

    private bool Emit(ReadOnlySpan<byte> bytes)
    {
        if ((ulong)bytes.Length > _limit - Math.Min(_written, _limit))
        {
            return false;
        }

        while (!bytes.IsEmpty)
        {
            if (!_file.WriteAt(_task, bytes, _position).TryGet(out int count, out _) || count <= 0)
            {
                return false;
            }

            bytes = bytes[count..];
            _position += count;
            _written += (ulong)count;
        }

        return true;
    }

    private static long PageUp(long position) => (position + PageSize - 1) & -PageSize;
}
