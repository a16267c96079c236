// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Changes of names that hide something below, in one step: what is to be there is made in the work
/// directory and exchanged. Whatever ends the sandbox, what was hidden does not come back.
/// </summary>
/// <remarks>Locks: CopyUpLock is held, and by the VFS NamespaceLock.</remarks>
internal static class OverlaySwap
{
    /// <summary>
    /// Puts a whiteout in an entry's place. EINVAL, and no change, without a work directory or where the host
    /// cannot exchange names.
    /// </summary>
    internal static Errno ForWhiteout(
        Caller caller, OverlayFileSystem overlay, Inode directory, ReadOnlySpan<byte> name, Inode upper)
    {
        if (overlay.Work is not { } work)
        {
            return Errno.EINVAL;
        }

        byte[] stage = overlay.NextStageName();
        Errno error = OverlayMarks.MakeWhiteout(caller, work, stage);
        if (error != Errno.Success || !work.Lookup(caller, stage).TryGet(out Inode? mark, out error))
        {
            return error;
        }

        error = work.Rename(caller, stage, mark, directory, name, upper, RenameFlags.Exchange);
        if (error != Errno.Success)
        {
            // An ordinary user cannot move a directory that he may not write to.
            _ = work.Unlink(caller, stage, mark);
            return error == Errno.EACCES ? Errno.EINVAL : error;
        }

        // The name is gone; what is left in the work directory would go at the next start, if not now.
        Discard(caller, work, stage, upper);
        return Errno.Success;
    }

    /// <summary>Makes something where a whiteout is.</summary>
    internal static Result<Inode> Create(
        Caller caller, OverlayFileSystem overlay, Inode directory, ReadOnlySpan<byte> name, Inode whiteout,
        in InodeCreation creation)
    {
        Inode work = overlay.Work!;
        byte[] stage = overlay.NextStageName();
        Result<Inode> made = work.Create(caller, stage, creation);
        if (!made.TryGet(out Inode? inode, out Errno error))
        {
            return made;
        }

        // Without the mark, what the whiteout hid would show up inside a new directory.
        error = inode.IsDirectory ? OverlayMarks.MakeOpaque(caller, inode) : Errno.Success;
        error = error == Errno.Success
            ? OnWhiteout(caller, work, stage, inode, directory, name, whiteout, RenameFlags.None) : error;
        if (error != Errno.Success)
        {
            Discard(caller, work, stage, inode);
            return error;
        }

        return made;
    }

    /// <summary>Gives a file a further name where a whiteout is.</summary>
    internal static Errno Link(
        Caller caller, OverlayFileSystem overlay, Inode directory, ReadOnlySpan<byte> name, Inode whiteout,
        Inode target)
    {
        Inode work = overlay.Work!;
        byte[] stage = overlay.NextStageName();
        Errno error = work.Link(caller, stage, target);
        if (error != Errno.Success)
        {
            return error;
        }

        error = work.Rename(caller, stage, target, directory, name, whiteout, RenameFlags.None);
        _ = error != Errno.Success ? work.Unlink(caller, stage, target) : Errno.Success;
        return error;
    }

    /// <summary>Moves an entry to where a whiteout is.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="from">The directory it is in.</param>
    /// <param name="oldName">Its name there.</param>
    /// <param name="moved">The entry.</param>
    /// <param name="to">The directory it goes to.</param>
    /// <param name="newName">The name of the whiteout.</param>
    /// <param name="whiteout">The whiteout.</param>
    /// <param name="flags">WhiteOut when one is to stay under the old name.</param>
    internal static Errno OnWhiteout(
        Caller caller, Inode from, ReadOnlySpan<byte> oldName, Inode moved, Inode to,
        ReadOnlySpan<byte> newName, Inode whiteout, RenameFlags flags)
    {
        if (!moved.IsDirectory)
        {
            return from.Rename(caller, oldName, moved, to, newName, whiteout, flags);
        }

        Errno error = from.Rename(caller, oldName, moved, to, newName, whiteout, RenameFlags.Exchange);
        if (error == Errno.Success && (flags & RenameFlags.WhiteOut) == 0)
        {
            // Left behind it hides nothing.
            _ = from.Unlink(caller, oldName, whiteout);
        }

        return error;
    }

    /// <summary>
    /// Renames onto a directory that shows nothing and has whiteouts: an empty one that hides all below takes
    /// its place first. EINVAL, and no change, where the host cannot exchange names.
    /// </summary>
    internal static Errno OnDirectory(
        Caller caller, OverlayFileSystem overlay, Inode from, ReadOnlySpan<byte> oldName, Inode moved,
        Inode to, ReadOnlySpan<byte> newName, Inode replaced, RenameFlags flags)
    {
        Inode work = overlay.Work!;
        if (!replaced.List(caller).TryGet(out DirectoryListing? marks, out Errno error))
        {
            return error;
        }

        if (marks.Count == 0)
        {
            return from.Rename(caller, oldName, moved, to, newName, replaced, flags);
        }

        byte[] stage = overlay.NextStageName();
        Result<Inode> made = work.Create(
            caller, stage, new InodeCreation { Mode = (uint)FileType.Directory | 0x1c0 });
        if (!made.TryGet(out Inode? empty, out error))
        {
            return error;
        }

        error = OverlayMarks.MakeOpaque(caller, empty);
        error = error == Errno.Success
            ? work.Rename(caller, stage, empty, to, newName, replaced, RenameFlags.Exchange) : error;
        if (error != Errno.Success)
        {
            Discard(caller, work, stage, empty);
            return error;
        }

        error = from.Rename(caller, oldName, moved, to, newName, empty, flags);
        if (error == Errno.Success)
        {
            Discard(caller, work, stage, replaced);
        }
        else if (work.Rename(caller, stage, replaced, to, newName, empty, RenameFlags.Exchange)
            == Errno.Success)
        {
            Discard(caller, work, stage, empty);
        }

        return error;
    }

    /// <summary>
    /// Removes what the work directory has: a file, or a directory with nothing but whiteouts.
    /// </summary>
    internal static void Discard(Caller caller, Inode work, ReadOnlySpan<byte> name, Inode entry)
    {
        if (!entry.IsDirectory)
        {
            _ = work.Unlink(caller, name, entry);
            return;
        }

        _ = ClearMarks(caller, entry);
        _ = work.RemoveDirectory(caller, name, entry);
    }

    /// <summary>Removes the whiteouts of an upper directory.</summary>
    internal static Errno ClearMarks(Caller caller, Inode upper)
    {
        if (!upper.List(caller).TryGet(out DirectoryListing? marks, out Errno error))
        {
            return error;
        }

        for (int i = 0; i < marks.Count && error == Errno.Success; i++)
        {
            Result<Inode> mark = upper.Lookup(caller, marks.Name(i));
            error = !mark.IsOk ? mark.Error
                : OverlayMarks.IsWhiteout(caller, mark.Value, mayBeFile: true)
                    ? upper.Unlink(caller, marks.Name(i), mark.Value) : Errno.ENOTEMPTY;
        }

        return error;
    }
}
