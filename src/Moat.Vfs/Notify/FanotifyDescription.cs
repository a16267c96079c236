// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>What an event names its file by: a place to open, or handles as its group wants them.</summary>
internal static class FanotifyDescription
{
    /// <summary>The event; null when the group has no way to name the file.</summary>
    /// <param name="flags">How the group was made.</param>
    /// <param name="source">What has happened.</param>
    /// <param name="mask">What of it the group wants.</param>
    /// <param name="pid">Who did it.</param>
    /// <param name="ofOld">A rename out of a directory that is marked.</param>
    /// <param name="ofNew">A rename into one.</param>
    internal static FanotifyEvent? Describe(
        FanotifyFlags flags, in FanotifySource source, FanotifyMask mask, int pid, bool ofOld, bool ofNew)
    {
        if ((flags & FanotifyFlags.AnyHandle) == 0)
        {
            if (source.Mount is not { } mount || source.Entry is not { } entry)
            {
                return null;
            }

            source.Object.AddUse();
            return new FanotifyEvent { Mask = mask, Pid = pid, Place = new Location(mount, entry) };
        }

        mask |= source.Mask & FanotifyMask.OnDirectory;
        if ((flags & FanotifyFlags.ReportDirectory) == 0)
        {
            FanotifyObject? file = source.IsName ? Of(source.Directory) : FileOf(source);
            return new FanotifyEvent { Mask = mask, Pid = pid, File = file };
        }

        if (source.NewDirectory is not null)
        {
            return new FanotifyEvent
            {
                Mask = mask,
                Pid = pid,
                Directory = ofOld ? Of(source.Directory) : null,
                Name = ofOld ? source.Name : null,
                NewDirectory = ofNew ? Of(source.NewDirectory) : null,
                NewName = ofNew ? source.Entry!.Name : null,
                File = (flags & FanotifyFlags.ReportTarget) != 0 ? FileOf(source) : null,
            };
        }

        return source.IsName || (source.Directory is not null && !source.IsDirectory)
            ? OfEntry(flags, source, mask, pid) : OfItself(flags, source, mask, pid);
    }

    private static FanotifyEvent OfEntry(
        FanotifyFlags flags, in FanotifySource source, FanotifyMask mask, int pid)
    {
        FanotifyFlags needed = source.IsName ? FanotifyFlags.ReportTarget : FanotifyFlags.ReportFile;
        return new FanotifyEvent
        {
            Mask = mask,
            Pid = pid,
            Directory = Of(source.Directory),
            Name = (flags & FanotifyFlags.ReportName) != 0 ? source.Name : null,
            File = (flags & needed) != 0 ? FileOf(source) : null,
        };
    }

    // A directory is named by itself; a file without its directory only where files have handles.
    private static FanotifyEvent? OfItself(
        FanotifyFlags flags, in FanotifySource source, FanotifyMask mask, int pid)
    {
        if (source.IsDirectory)
        {
            bool hasName = (flags & FanotifyFlags.ReportName) != 0;
            return new FanotifyEvent
            {
                Mask = mask, Pid = pid, Directory = FileOf(source), Name = hasName ? "."u8.ToArray() : null,
            };
        }

        return (flags & FanotifyFlags.ReportFile) == 0
            ? null : new FanotifyEvent { Mask = mask, Pid = pid, File = FileOf(source) };
    }

    private static FanotifyObject FileOf(in FanotifySource source) =>
        FanotifyObject.Of(source.Object, source.Entry);

    private static FanotifyObject? Of(Dentry? directory) =>
        directory is null ? null : FanotifyObject.Of(directory.Inode, directory);
}
