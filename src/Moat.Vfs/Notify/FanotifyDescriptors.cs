// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Vfs.Landlock;
using Moat.Vfs.Paths;

namespace Moat.Vfs.Notify;

/// <summary>
/// How a group's events reach their reader: with descriptors that make no events and ask nobody.
/// </summary>
internal sealed class FanotifyDescriptors(
    FanotifyFlags group, OpenFlags eventFlags, ProcessOpener openProcess)
{
    private const int None = -1;
    private const byte Version = 3;

    private bool TellsErrors => (group & FanotifyFlags.ReportFdError) != 0;

    /// <summary>
    /// Opens what an event is about in the reader's table: a descriptor, -1 for none, or (where the group
    /// wants that) a negative error.
    /// </summary>
    internal Result<int> Open(Caller caller, FanotifyEvent source)
    {
        Result<int> opened = source.Place is { } place ? Open(caller, place, eventFlags) : None;
        return !opened.IsOk && TellsErrors ? -(int)opened.Error : opened;
    }

    /// <summary>Writes an event.</summary>
    internal void Write(Caller caller, FanotifyEvent source, int fd, int pid, Span<byte> target)
    {
        const int Size = FanotifyFile.MetadataSize;
        var header = new FanotifyMetadata((uint)source.Size, Version, 0, Size, source.Mask, fd, pid);
        MemoryMarshal.Write(target, header);
        source.WriteRecords(target[Size..], source.HasProcess ? OpenProcess(caller, source) : None);
    }

    /// <summary>Closes the descriptors of an event that could not be delivered.</summary>
    internal void TakeBack(Caller caller, int fd, ReadOnlySpan<byte> written)
    {
        if (fd >= 0)
        {
            _ = caller.Files.Close(caller, fd);
        }

        // The record of a pidfd is the last.
        bool hasProcess = (group & FanotifyFlags.ReportPidFd) != 0;
        if (hasProcess && MemoryMarshal.Read<int>(written[^4..]) is >= 0 and var process)
        {
            _ = caller.Files.Close(caller, process);
        }
    }

    // Waits for leases in its way.
    private static Result<int> Open(Caller caller, Location place, OpenFlags flags)
    {
        bool closeOnExec = (flags & OpenFlags.CloseOnExec) != 0;
        flags &= ~OpenFlags.CloseOnExec;
        bool writes = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
        if (writes && place.Mount.IsReadOnly)
        {
            return Errno.EROFS;
        }

        if (place.Inode.IsDirectory)
        {
            // Linux opens it as wanted, and has no call that writes to it.
            flags &= ~OpenFlags.AccessMode;
        }

        Errno denied = LandlockChecks.CheckOpen(caller.Credentials, place, flags, out bool mayTruncate);
        if (denied != Errno.Success)
        {
            return denied;
        }

        if (!caller.Files.Reserve(closeOnExec).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        error = FileOpener.BreakLeases(caller, place.Inode, flags);
        Result<OpenFile> opened = error != Errno.Success ? error
            : place.Inode.Type is FileType.Regular or FileType.Directory
            ? place.Inode.Open(caller, place, flags) : Errno.ENXIO;
        if (!opened.TryGet(out OpenFile? file, out error))
        {
            caller.Files.CancelReservation(fd);
            return error;
        }

        file.WatchSpace = null;
        file.DeniesTruncate = !mayTruncate;
        caller.Files.Publish(fd, file);
        return fd;
    }

    // FAN_NOPIDFD for a process that is gone or not seen, FAN_EPIDFD where there is none otherwise.
    private int OpenProcess(Caller caller, FanotifyEvent source)
    {
        const int Gone = -1;
        const int Failed = -2;
        if (source.Process is not { } process || caller.ShowNumber(source.Pid) == 0)
        {
            return Gone;
        }

        if (!openProcess(caller, process).TryGet(out OpenFile? file, out Errno error))
        {
            return error == Errno.ESRCH ? Gone : TellsErrors ? -(int)error : Failed;
        }

        if (caller.Files.Install(file, closeOnExec: true).TryGet(out int fd, out error))
        {
            return fd;
        }

        file.Release();
        return TellsErrors ? -(int)error : Failed;
    }
}
