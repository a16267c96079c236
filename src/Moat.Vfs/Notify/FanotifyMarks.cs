// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;

namespace Moat.Vfs.Notify;

/// <summary>The marks of a fanotify group, by the inode, mount or file system that they are on.</summary>
/// <remarks>Locks: the group's, held by who calls.</remarks>
internal sealed class FanotifyMarks(NotifyLimits limits, uint user, FanotifyFlags flags)
{
    private const FanotifyMask Modifiers = FanotifyMask.OnDirectory | FanotifyMask.OnChild;

    private readonly Dictionary<object, FanotifyMark> _marks = [];

    private bool AsksFirst => (flags & FanotifyFlags.AnyContent) != 0;

    /// <summary>FAN_MARK_ADD.</summary>
    internal Errno Add(object key, Location place, FanotifyMarkFlags how, FanotifyMask mask)
    {
        const FanotifyMarkFlags Kinds = FanotifyMarkFlags.Mount | FanotifyMarkFlags.FileSystem;
        const FanotifyMarkFlags Ignores = FanotifyMarkFlags.IgnoredMask | FanotifyMarkFlags.Ignore;
        if (!_marks.TryGetValue(key, out FanotifyMark? mark))
        {
            Errno error = limits.AddWatch(user, (flags & FanotifyFlags.UnlimitedMarks) != 0);
            if (error != Errno.Success)
            {
                return error;
            }

            FanotifyMarkFlags kind = how & Kinds;
            FileSystem fileSystem = place.Dentry.FileSystem;
            mark = new FanotifyMark(kind, fileSystem)
            {
                Watch = kind == 0 ? new NotifyWatch(null, place.Dentry, 0, InotifyMask.None) : null,
            };
            _marks.Add(key, mark);
            mark.Watch?.Inode.AddWatch(mark.Watch);
            fileSystem.CountWatches(kind == 0 ? 0 : 1);
            fileSystem.CountWideMarks(kind == FanotifyMarkFlags.FileSystem ? 1 : 0);
            fileSystem.CountContentMarks(AsksFirst ? 1 : 0);
        }

        if ((how & Ignores) == 0)
        {
            mark.Mask |= mask;
            return Errno.Success;
        }

        mark.Ignored |= mask;
        mark.SurvivesModify |= (how & FanotifyMarkFlags.SurvivesModify) != 0;
        mark.IgnoresExactly |= (how & FanotifyMarkFlags.Ignore) != 0;
        return Errno.Success;
    }

    /// <summary>FAN_MARK_REMOVE: ENOENT when there is no mark.</summary>
    internal Errno Remove(object key, bool ignored, FanotifyMask mask)
    {
        if (!_marks.TryGetValue(key, out FanotifyMark? mark))
        {
            return Errno.ENOENT;
        }

        _ = ignored ? mark.Ignored &= ~mask : mark.Mask &= ~mask;
        if (mark.IsEmpty)
        {
            Drop(key);
        }

        return Errno.Success;
    }

    /// <summary>FAN_MARK_FLUSH: all of one kind.</summary>
    internal void Flush(FanotifyMarkFlags kind) => DropAll(mark => mark.Kind == kind);

    /// <summary>
    /// Everything in a file system that is mounted nowhere any more, or (null) all there is.
    /// </summary>
    internal void Flush(FileSystem? fileSystem) =>
        DropAll(mark => fileSystem is null || mark.FileSystem == fileSystem);

    /// <summary>The mark of an inode that is gone, if any.</summary>
    internal void Drop(object key)
    {
        if (_marks.Remove(key, out FanotifyMark? mark))
        {
            mark.Watch?.Inode.RemoveWatch(mark.Watch);
            mark.FileSystem.CountWatches(mark.Kind == 0 ? 0 : -1);
            mark.FileSystem.CountWideMarks(mark.Kind == FanotifyMarkFlags.FileSystem ? -1 : 0);
            mark.FileSystem.CountContentMarks(AsksFirst ? -1 : 0);
            limits.RemoveWatch(user);
        }
    }

    /// <summary>What of an event the marks are for.</summary>
    internal FanotifyMask Wanted(in FanotifySource source)
    {
        FanotifyMask wanted = FanotifyMask.None;
        FanotifyMask ignored = FanotifyMask.None;
        Consider(source.Object.FileSystem, source, isChild: false, ref wanted, ref ignored);
        Consider(source.Mount, source, isChild: false, ref wanted, ref ignored);
        if (!source.IsName)
        {
            Consider(source.Object, source, isChild: false, ref wanted, ref ignored);
        }

        Consider(source.Directory?.Inode, source, isChild: !source.IsName, ref wanted, ref ignored);
        return source.Mask & wanted & ~ignored & ~Modifiers;
    }

    /// <summary>True when a rename of or into this directory is told.</summary>
    internal bool WantsRename(Inode directory, bool ofDirectory)
    {
        FanotifyMask needed = FanotifyMask.Rename
            | (ofDirectory ? FanotifyMask.OnDirectory : FanotifyMask.None);
        return Has(directory, needed) || Has(directory.FileSystem, needed);
    }

    private bool Has(object key, FanotifyMask needed) =>
        _marks.TryGetValue(key, out FanotifyMark? mark) && (mark.Mask & needed) == needed;

    private void Consider(
        object? key, in FanotifySource source, bool isChild, ref FanotifyMask wanted,
        ref FanotifyMask ignored)
    {
        if (key is not null && _marks.TryGetValue(key, out FanotifyMark? mark))
        {
            mark.Consider(source.Mask, isChild, ref wanted, ref ignored);
        }
    }

    private void DropAll(System.Predicate<FanotifyMark> which)
    {
        KeyValuePair<object, FanotifyMark>[] all = [.. _marks];
        foreach (KeyValuePair<object, FanotifyMark> entry in all)
        {
            if (which(entry.Value))
            {
                Drop(entry.Key);
            }
        }
    }
}
