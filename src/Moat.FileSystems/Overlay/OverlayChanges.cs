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

            Inode? whiteout = FindWhiteout(caller, directory, name);
            Result<Inode> made = whiteout is not null && overlay.Work is not null
                ? OverlaySwap.Create(caller, overlay, directory, name, whiteout, creation) : Errno.EINVAL;
            if (made.Error is Errno.EINVAL or Errno.EACCES)
            {
                made = Create(caller, directory, name, whiteout, creation);
            }

            return !made.IsOk ? made
                : new OverlayInode(overlay, new OverlayPlace(parent, name.ToArray()), made.Value, []);
        }
    }

    /// <summary>
    /// In two steps where a whiteout is in the way: in memory, which nobody sees in between, and where the
    /// host cannot exchange names.
    /// </summary>
    private static Result<Inode> Create(
        Caller caller, Inode directory, ReadOnlySpan<byte> name, Inode? whiteout, in InodeCreation creation)
    {
        bool wasHidden = whiteout is not null
            && directory.Unlink(caller, name, whiteout) == Errno.Success;
        Result<Inode> made = directory.Create(caller, name, creation);
        if (!made.IsOk)
        {
            RestoreWhiteout(caller, directory, name, wasHidden);
            return made;
        }

        // Without the mark, what the whiteout hid would show up inside the new directory.
        Errno error = wasHidden && made.Value.IsDirectory
            ? OverlayMarks.MakeOpaque(caller, made.Value) : Errno.Success;
        if (error != Errno.Success)
        {
            _ = directory.RemoveDirectory(caller, name, made.Value);
            RestoreWhiteout(caller, directory, name, wasHidden);
            return error;
        }

        return made;
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

            Inode? whiteout = FindWhiteout(caller, directory, name);
            if (whiteout is not null && parent.Overlay.Work is not null)
            {
                return OverlaySwap.Link(caller, parent.Overlay, directory, name, whiteout, inode);
            }

            bool wasHidden = whiteout is not null
                && directory.Unlink(caller, name, whiteout) == Errno.Success;
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
            Errno error = CheckEmpty(caller, victim);

            // What may not be read has no whiteouts unless something is below, and is the host's to refuse.
            bool isHosts = error == Errno.EACCES && victim.Lowers.Length == 0
                && !parent.HasBelow(caller, name);
            if (error == Errno.Success || isHosts)
            {
                error = TakeAway(caller, parent, name, victim, mayHaveMarks: !isHosts);
            }

            if (error == Errno.Success)
            {
                victim.Place = null;
            }

            return error;
        }
    }

    /// <summary>ENOTEMPTY unless a directory shows nothing.</summary>
    internal static Errno CheckEmpty(Caller caller, OverlayInode directory) =>
        !directory.List(caller).TryGet(out DirectoryListing? listing, out Errno error) ? error
            : listing.Count != 0 ? Errno.ENOTEMPTY : Errno.Success;

    /// <summary>
    /// Removes the upper entry, if there is one, and hides what is below, if there is something.
    /// </summary>
    private static Errno TakeAway(Caller caller, OverlayInode parent, ReadOnlySpan<byte> name,
        OverlayInode victim, bool mayHaveMarks = true)
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
            error = below ? OverlaySwap.ForWhiteout(caller, parent.Overlay, directory, name, upper)
                : Errno.EINVAL;
            if (error != Errno.EINVAL)
            {
                return error;
            }

            error = victim.IsDirectory
                ? RemoveUpper(caller, directory, name, upper, mayHaveMarks)
                : directory.Unlink(caller, name, upper);
        }

        return error == Errno.Success && below ? OverlayMarks.MakeWhiteout(caller, directory, name) : error;
    }

    private static Errno RemoveUpper(
        Caller caller, Inode directory, ReadOnlySpan<byte> name, Inode upper, bool mayHaveMarks)
    {
        Errno error = mayHaveMarks ? OverlaySwap.ClearMarks(caller, upper) : Errno.Success;
        return error == Errno.Success ? directory.RemoveDirectory(caller, name, upper) : error;
    }

    /// <summary>The whiteout that an upper directory has under a name, if it has one.</summary>
    internal static Inode? FindWhiteout(Caller caller, Inode directory, ReadOnlySpan<byte> name)
    {
        Result<Inode> present = directory.Lookup(caller, name);
        return present.IsOk && OverlayMarks.IsWhiteout(caller, present.Value, mayBeFile: true)
            ? present.Value : null;
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
