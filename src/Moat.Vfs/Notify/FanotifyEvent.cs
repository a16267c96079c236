// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>An event that waits to be read from a fanotify group.</summary>
/// <remarks>Locks: the group's. What it names a file by was found out when it happened.</remarks>
internal sealed class FanotifyEvent
{
    private const byte FileRecord = 1;
    private const byte NameRecord = 2;
    private const byte DirectoryRecord = 3;
    private const byte ProcessRecord = 4;
    private const int ProcessSize = 8;
    private const byte OldNameRecord = 10;
    private const byte NewNameRecord = 12;

    internal FanotifyMask Mask { get; set; }

    internal int Pid { get; init; }

    /// <summary>Who did it, in a group that wants pidfds.</summary>
    internal object? Process { get; set; }

    /// <summary>A pidfd comes with it.</summary>
    internal bool HasProcess { get; set; }

    /// <summary>Who waits for an answer; null for nobody (any more).</summary>
    internal FanotifyInquiry? Inquiry { get; set; }

    /// <summary>The descriptor that it was read with, by which it is answered.</summary>
    internal int Fd { get; set; } = -1;

    /// <summary>It was read, or is being read.</summary>
    internal bool IsReported { get; set; }

    /// <summary>Its place among the queued, or among the reported.</summary>
    internal LinkedListNode<FanotifyEvent>? Node { get; set; }

    /// <summary>True when it is to be answered.</summary>
    internal bool Asks => (Mask & FanotifyMask.Permissions) != 0;

    /// <summary>The file itself, for a descriptor; the event keeps it in use.</summary>
    internal Location? Place { get; init; }

    /// <summary>The directory.</summary>
    internal FanotifyObject? Directory { get; init; }

    /// <summary>The name in it; "." for itself.</summary>
    internal byte[]? Name { get; init; }

    /// <summary>Where a renamed file is now.</summary>
    internal FanotifyObject? NewDirectory { get; init; }

    internal byte[]? NewName { get; init; }

    /// <summary>The file.</summary>
    internal FanotifyObject? File { get; init; }

    internal bool IsOverflow => Mask == FanotifyMask.QueueOverflow;

    /// <summary>Bytes that it takes in a buffer.</summary>
    internal int Size => FanotifyFile.MetadataSize
        + (Directory is null ? 0 : FanotifyObject.SizeWith(Name))
        + (NewDirectory is null ? 0 : FanotifyObject.SizeWith(NewName))
        + (File is null ? 0 : FanotifyObject.RecordSize)
        + (HasProcess ? ProcessSize : 0);

    /// <summary>
    /// True when the same process did something else to the same file: one event tells both.
    /// </summary>
    internal bool MergesWith(FanotifyEvent later)
    {
        const FanotifyMask Apart =
            FanotifyMask.OnDirectory | FanotifyMask.Rename | FanotifyMask.QueueOverflow;
        return ((Mask ^ later.Mask) & Apart) == 0 && Pid == later.Pid && Place == later.Place
            && Directory == later.Directory && File == later.File && NewDirectory == later.NewDirectory
            && Same(Name, later.Name) && Same(NewName, later.NewName);
    }

    /// <summary>Writes the records that follow the metadata.</summary>
    internal void WriteRecords(Span<byte> target, int processFd)
    {
        bool renames = (Mask & FanotifyMask.Rename) != 0;
        if (Directory is { } directory)
        {
            byte type = renames ? OldNameRecord : Name is not null ? NameRecord : DirectoryRecord;
            if (type == DirectoryRecord && File is null
                && (Mask & (FanotifyMask.NameEvents | FanotifyMask.OnDirectory)) == 0)
            {
                // As on Linux: alone, the directory of a file that is none is called the file.
                type = FileRecord;
            }

            Append(ref target, directory, type, Name);
        }

        if (NewDirectory is { } moved)
        {
            Append(ref target, moved, NewNameRecord, NewName);
        }

        if (File is { } file)
        {
            Append(ref target, file, FileRecord, null);
        }

        if (HasProcess)
        {
            target.Clear();
            target[0] = ProcessRecord;
            MemoryMarshal.Write(target[2..], (ushort)ProcessSize);
            MemoryMarshal.Write(target[4..], processFd);
        }
    }

    private static void Append(ref Span<byte> target, FanotifyObject what, byte type, byte[]? name)
    {
        int size = FanotifyObject.SizeWith(name);
        what.Write(target[..size], type, name);
        target = target[size..];
    }

    private static bool Same(byte[]? first, byte[]? second) =>
        first is null ? second is null : second is not null && first.AsSpan().SequenceEqual(second);
}
