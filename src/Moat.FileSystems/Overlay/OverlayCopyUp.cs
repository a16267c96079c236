// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Acls;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Copies what is about to change from a lower layer to the upper one, with the directories above it.
/// </summary>
internal static class OverlayCopyUp
{
    /// <summary>The upper inode, made now if there is none yet.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="inode">What is about to change.</param>
    /// <param name="length">How much of the content is needed.</param>
    internal static Result<Inode> Ensure(Caller caller, OverlayInode inode, long length = long.MaxValue)
    {
        if (inode.Upper is { } present)
        {
            return present;
        }

        if (inode.Type == FileType.Regular)
        {
            return EnsureFile(caller, inode, length);
        }

        using (inode.Overlay.CopyUpLock.Enter())
        {
            return EnsureLocked(caller, inode, length);
        }
    }

    /// <summary>The same with CopyUpLock held: also the content is copied under it.</summary>
    internal static Result<Inode> EnsureLocked(Caller caller, OverlayInode inode, long length = long.MaxValue)
    {
        // Top-down without recursion: a path may be deep.
        var missing = new List<OverlayInode>();
        for (OverlayInode at = inode; at.Upper is null; at = at.Place.Parent)
        {
            missing.Add(at);
            if (at.Place is null)
            {
                break;
            }
        }

        for (int i = missing.Count - 1; i >= 0; i--)
        {
            Errno error = missing[i].Type == FileType.Regular
                ? CopyFileLocked(caller, missing[i], length) : CopyLocked(caller, missing[i]);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return inode.Upper!;
    }

    private static Result<Inode> EnsureFile(Caller caller, OverlayInode inode, long length)
    {
        OverlayFileSystem overlay = inode.Overlay;
        using (overlay.ContentLock(inode).Enter())
        {
            if (inode.Upper is { } present)
            {
                return present;
            }

            if (!OverlayStage.Make(caller, inode, length, inode.Place is null)
                .TryGet(out OverlayStage? stage, out Errno error))
            {
                return error;
            }

            using (overlay.CopyUpLock.Enter())
            {
                OverlayPlace? place = inode.Place;
                if (inode.Upper is null && place is not null)
                {
                    error = EnsureLocked(caller, place.Parent).Error;
                }

                // Renamed, linked or removed meanwhile, which has its own needs.
                if (error != Errno.Success || inode.Upper is not null || (place is null && stage.HasName))
                {
                    stage.Abandon(caller);
                    return error == Errno.Success ? EnsureLocked(caller, inode, length) : error;
                }

                error = stage.Publish(caller, inode, place);
                return error == Errno.Success ? inode.Upper! : error;
            }
        }
    }

    private static Errno CopyFileLocked(Caller caller, OverlayInode inode, long length)
    {
        OverlayPlace? place = inode.Place;
        return OverlayStage.Make(caller, inode, length, place is null)
            .TryGet(out OverlayStage? stage, out Errno error)
            ? stage.Publish(caller, inode, place) : error;
    }

    private static Errno CopyLocked(Caller caller, OverlayInode inode)
    {
        Inode lower = inode.Lowers[0];
        Errno error = OverlayContent.LowerAttributes(inode.Overlay, lower, out InodeAttributes attributes);
        if (error != Errno.Success)
        {
            return error;
        }

        if (inode == inode.Overlay.Root.Inode)
        {
            SetRoot(caller, inode, lower, attributes);
            return Errno.Success;
        }

        if (inode.Place is not { } place)
        {
            return Errno.ENOENT;
        }

        byte[] target = [];
        if (inode.IsSymlink && !lower.ReadLink(caller).TryGet(out target!, out error))
        {
            return error;
        }

        var creation = new InodeCreation
        {
            Mode = attributes.Mode, Uid = attributes.Uid, Gid = attributes.Gid,
            SpecialDeviceId = attributes.SpecialDeviceId, LinkTarget = target, Acls = lower.Acls,
        };
        Inode parent = place.Parent.Upper!;
        Result<Inode> made = parent.Create(caller, place.Name, creation);
        bool isNew = made.IsOk;
        if (made.Error == Errno.EEXIST && inode.IsDirectory)
        {
            // Another object for the same directory has been copied up before.
            made = parent.Lookup(caller, place.Name);
        }

        if (!made.TryGet(out Inode? upper, out error))
        {
            return error;
        }

        error = isNew ? OverlayContent.CopyAttributes(caller, lower, upper, attributes) : Errno.Success;
        if (error != Errno.Success)
        {
            _ = inode.IsDirectory ? parent.RemoveDirectory(caller, place.Name, upper)
                : parent.Unlink(caller, place.Name, upper);
            return error;
        }

        inode.SetUpper(upper, null);
        return Errno.Success;
    }

    private static void SetRoot(Caller caller, OverlayInode root, Inode lower, in InodeAttributes attributes)
    {
        Inode upper = root.Overlay.UpperRoot;
        upper.SetAttributes(caller, new AttributeChange
        {
            Valid = AttributeChange.Fields.Mode | AttributeChange.Fields.Uid | AttributeChange.Fields.Gid,
            Mode = attributes.Mode & StatMode.PermissionMask,
            Uid = attributes.Uid,
            Gid = attributes.Gid,
        });
        CopyAcl(caller, upper, isDefault: false, lower.Acls?.Access);
        CopyAcl(caller, upper, isDefault: true, lower.Acls?.Default);
        _ = OverlayContent.CopyAttributes(caller, lower, upper, attributes);
        root.SetUpper(upper, null);
    }

    private static void CopyAcl(Caller caller, Inode upper, bool isDefault, PosixAcl? acl)
    {
        if (acl is not null && upper.GetOwnership(out InodeOwnership seen) == Errno.Success)
        {
            _ = upper.SetAcl(caller, isDefault, acl, seen.Mode & StatMode.PermissionMask, seen);
        }
    }
}
