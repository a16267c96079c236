// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>Renames within an overlay. NamespaceLock is held by the VFS.</summary>
internal static class OverlayRename
{
    internal static Errno Rename(
        Caller caller, OverlayInode oldParent, ReadOnlySpan<byte> oldName, OverlayInode source,
        OverlayInode newParent, ReadOnlySpan<byte> newName, OverlayInode? victim, RenameFlags flags)
    {
        if ((flags & RenameFlags.WhiteOut) != 0)
        {
            return Errno.EINVAL;
        }

        bool exchange = (flags & RenameFlags.Exchange) != 0;
        if (IsFixed(source) || (exchange && IsFixed(victim!)))
        {
            return Errno.EXDEV;
        }

        using (oldParent.Overlay.CopyUpLock.Enter())
        {
            if (!OverlayCopyUp.EnsureLocked(caller, source).TryGet(out Inode? moved, out Errno error)
                || !OverlayCopyUp.EnsureLocked(caller, oldParent).TryGet(out Inode? from, out error)
                || !OverlayCopyUp.EnsureLocked(caller, newParent).TryGet(out Inode? to, out error))
            {
                return error;
            }

            bool hideOld = oldParent.HasBelow(caller, oldName);
            bool hidesNew = newParent.HasBelow(caller, newName);
            if (exchange)
            {
                error = Exchange(caller, from, oldName, moved, to, newName, victim!, hideOld, hidesNew);
            }
            else
            {
                error = Replace(
                    caller, oldParent.Overlay, from, oldName, moved, to, newName, victim, hideOld, hidesNew);
            }

            if (error == Errno.Success)
            {
                source.Place = new OverlayPlace(newParent, newName.ToArray());
                if (victim is not null)
                {
                    victim.Place = exchange ? new OverlayPlace(oldParent, oldName.ToArray()) : null;
                }
            }

            return error;
        }
    }

    /// <summary>A directory with a part below cannot move: the part below would stay behind.</summary>
    private static bool IsFixed(OverlayInode inode) => inode.IsDirectory && inode.Lowers.Length > 0;

    private static Errno Exchange(
        Caller caller, Inode from, ReadOnlySpan<byte> oldName, Inode moved, Inode to,
        ReadOnlySpan<byte> newName,
        OverlayInode victim, bool hideOld, bool hidesNew)
    {
        if (!OverlayCopyUp.EnsureLocked(caller, victim).TryGet(out Inode? other, out Errno error))
        {
            return error;
        }

        error = MakeOpaque(caller, moved, hidesNew);
        if (error == Errno.Success)
        {
            error = MakeOpaque(caller, other, hideOld);
        }

        return error == Errno.Success
            ? from.Rename(caller, oldName, moved, to, newName, other, RenameFlags.Exchange) : error;
    }

    private static Errno Replace(
        Caller caller, OverlayFileSystem overlay, Inode from, ReadOnlySpan<byte> oldName, Inode moved,
        Inode to, ReadOnlySpan<byte> newName,
        OverlayInode? victim, bool hideOld, bool hidesNew)
    {
        Errno error = MakeOpaque(caller, moved, hidesNew);
        if (error == Errno.Success && victim is { IsDirectory: true })
        {
            error = OverlayChanges.CheckEmpty(caller, victim);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        // Whatever the upper tree has under the new name - a whiteout or the victim's copy - gives way.
        Inode? replaced = victim?.Upper;
        Inode? whiteout = replaced is null ? OverlayChanges.FindWhiteout(caller, to, newName) : null;
        if (replaced is not null)
        {
            overlay.ForgetOrigin(replaced);
        }

        RenameFlags flags = hideOld ? RenameFlags.WhiteOut : RenameFlags.None;
        if (overlay.Work is not null && (whiteout is not null || replaced is { IsDirectory: true }))
        {
            error = whiteout is not null
                ? OverlaySwap.OnWhiteout(caller, from, oldName, moved, to, newName, whiteout, flags)
                : OverlaySwap.OnDirectory(
                    caller, overlay, from, oldName, moved, to, newName, replaced!, flags);
            if (error != Errno.EINVAL)
            {
                return error;
            }
        }

        return InSteps(caller, from, oldName, moved, to, newName, replaced, whiteout, flags);
    }

    /// <summary>In memory, which nobody sees in between, and where the host cannot do it at once.</summary>
    private static Errno InSteps(
        Caller caller, Inode from, ReadOnlySpan<byte> oldName, Inode moved, Inode to,
        ReadOnlySpan<byte> newName, Inode? replaced, Inode? whiteout, RenameFlags flags)
    {
        Errno error = replaced is { IsDirectory: true }
            ? OverlaySwap.ClearMarks(caller, replaced) : Errno.Success;
        if (error != Errno.Success)
        {
            return error;
        }

        bool wasHidden = whiteout is not null && to.Unlink(caller, newName, whiteout) == Errno.Success;
        error = from.Rename(caller, oldName, moved, to, newName, replaced, flags);
        if (error == Errno.EINVAL && flags == RenameFlags.WhiteOut)
        {
            // A host file system that cannot do both at once.
            error = from.Rename(caller, oldName, moved, to, newName, replaced, RenameFlags.None);
            error = error == Errno.Success ? OverlayMarks.MakeWhiteout(caller, from, oldName) : error;
        }

        if (error != Errno.Success)
        {
            OverlayChanges.RestoreWhiteout(caller, to, newName, wasHidden);
        }

        return error;
    }

    private static Errno MakeOpaque(Caller caller, Inode directory, bool hidesSomething) =>
        hidesSomething && directory.IsDirectory ? OverlayMarks.MakeOpaque(caller, directory) : Errno.Success;
}
