// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>Adds names to the upper tree and takes them away. NamespaceLock is held by the VFS.</summary>
internal static class OverlayChanges
{
    internal static Result<Inode> Create(
        Caller caller, OverlayInode parent, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        OverlayFileSystem overlay = parent.Overlay;
        if (creation.Type == FileType.CharacterDevice && creation.SpecialDeviceId == 0)
        {
            // It would be a whiteout.
            return Errno.EPERM;
        }

        using (overlay.CopyUpLock.Enter())
        {
            if (!OverlayCopyUp.EnsureLocked(caller, parent).TryGet(out Inode? directory, out Errno error))
            {
                return error;
            }

            bool wasHidden = RemoveWhiteout(caller, directory, name);
            Result<Inode> made = directory.Create(caller, name, creation);
            if (!made.IsOk)
            {
                RestoreWhiteout(caller, directory, name, wasHidden);
                return made;
            }

            // Without the mark, what the whiteout hid would show up inside the new directory.
            error = wasHidden && made.Value.IsDirectory
                ? OverlayMarks.MakeOpaque(caller, made.Value) : Errno.Success;
            if (error != Errno.Success)
            {
                _ = directory.RemoveDirectory(caller, name, made.Value);
                RestoreWhiteout(caller, directory, name, wasHidden);
                return error;
            }

            return new OverlayInode(overlay, new OverlayPlace(parent, name.ToArray()), made.Value, []);
        }
    }

    internal static Errno Link(Caller caller, OverlayInode parent, ReadOnlySpan<byte> name,
        OverlayInode target)
    {
        using (parent.Overlay.CopyUpLock.Enter())
        {
            if (!OverlayCopyUp.EnsureLocked(caller, target).TryGet(out Inode? inode, out Errno error)
                || !OverlayCopyUp.EnsureLocked(caller, parent).TryGet(out Inode? directory, out error))
            {
                return error;
            }

            bool wasHidden = RemoveWhiteout(caller, directory, name);
            error = directory.Link(caller, name, inode);
            if (error != Errno.Success)
            {
                RestoreWhiteout(caller, directory, name, wasHidden);
            }

            return error;
        }
    }

    internal static Errno Unlink(Caller caller, OverlayInode parent, ReadOnlySpan<byte> name,
        OverlayInode victim)
    {
        using (parent.Overlay.CopyUpLock.Enter())
        {
            Errno error = TakeAway(caller, parent, name, victim);
            if (error == Errno.Success)
            {
                victim.Place = null;
            }

            return error;
        }
    }

    internal static Errno RemoveDirectory(
        Caller caller, OverlayInode parent, ReadOnlySpan<byte> name, OverlayInode victim)
    {
        using (parent.Overlay.CopyUpLock.Enter())
        {
            Errno error = Empty(caller, victim);
            if (error == Errno.Success)
            {
                error = TakeAway(caller, parent, name, victim);
            }

            if (error == Errno.Success)
            {
                victim.Place = null;
            }

            return error;
        }
    }

    /// <summary>
    /// Makes sure that a directory shows nothing, and clears the whiteouts in its upper part.
    /// </summary>
    internal static Errno Empty(Caller caller, OverlayInode directory)
    {
        if (!directory.List(caller).TryGet(out DirectoryListing? listing, out Errno error))
        {
            return error;
        }

        if (listing.Count != 0)
        {
            return Errno.ENOTEMPTY;
        }

        if (directory.Upper is not { } upper)
        {
            return Errno.Success;
        }

        if (!upper.List(caller).TryGet(out DirectoryListing? marks, out error))
        {
            return error;
        }

        for (int i = 0; i < marks.Count && error == Errno.Success; i++)
        {
            Result<Inode> mark = upper.Lookup(caller, marks.Name(i));
            error = mark.IsOk ? upper.Unlink(caller, marks.Name(i), mark.Value) : mark.Error;
        }

        return error;
    }

    /// <summary>
    /// Removes the upper entry, if there is one, and hides what is below, if there is something.
    /// </summary>
    internal static Errno TakeAway(Caller caller, OverlayInode parent, ReadOnlySpan<byte> name,
        OverlayInode victim)
    {
        bool below = parent.HasBelow(caller, name);
        if (!below && parent.Upper is null)
        {
            return Errno.ENOENT;
        }

        if (!OverlayCopyUp.EnsureLocked(caller, parent).TryGet(out Inode? directory, out Errno error))
        {
            return error;
        }

        if (victim.Upper is { } upper)
        {
            parent.Overlay.ForgetOrigin(upper);
            error = below ? SwapForWhiteout(caller, parent.Overlay, directory, name, upper) : Errno.EINVAL;
            if (error != Errno.EINVAL)
            {
                return error;
            }

            error = victim.IsDirectory
                ? directory.RemoveDirectory(caller, name, upper) : directory.Unlink(caller, name, upper);
        }

        return error == Errno.Success && below ? OverlayMarks.MakeWhiteout(caller, directory, name) : error;
    }

    /// <summary>
    /// Puts a whiteout in a file's place at once, so that whatever ends the sandbox, what is below does not
    /// come back. EINVAL, and no change, without a work directory or where the host cannot exchange names.
    /// </summary>
    private static Errno SwapForWhiteout(
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
            _ = work.Unlink(caller, stage, mark);
            return error;
        }

        // The name is gone; what is left in the work directory would go at the next start, if not now.
        _ = upper.IsDirectory
            ? work.RemoveDirectory(caller, stage, upper) : work.Unlink(caller, stage, upper);
        return Errno.Success;
    }

    /// <summary>Removes a whiteout under a name; true when there was one.</summary>
    internal static bool RemoveWhiteout(Caller caller, Inode directory, ReadOnlySpan<byte> name)
    {
        Result<Inode> present = directory.Lookup(caller, name);
        return present.IsOk && OverlayMarks.IsWhiteout(caller, present.Value, mayBeFile: true)
            && directory.Unlink(caller, name, present.Value) == Errno.Success;
    }

    /// <summary>Puts a whiteout back after a failure.</summary>
    internal static void RestoreWhiteout(Caller caller, Inode directory, ReadOnlySpan<byte> name,
        bool wasThere)
    {
        if (wasThere)
        {
            _ = OverlayMarks.MakeWhiteout(caller, directory, name);
        }
    }
}
