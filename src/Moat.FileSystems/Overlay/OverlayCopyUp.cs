// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
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
    private const int ChunkSize = 256 * 1024;
    private const int SeekData = 3;
    private const int SeekHole = 4;

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

        using (inode.Overlay.CopyUpLock.Enter())
        {
            return EnsureLocked(caller, inode, length);
        }
    }

    /// <summary>The same with CopyUpLock held.</summary>
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
            Errno error = CopyLocked(caller, missing[i], length);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return inode.Upper!;
    }

    private static Errno CopyLocked(Caller caller, OverlayInode inode, long length)
    {
        Inode lower = inode.Lowers[0];
        Errno error = lower.GetAttributes(out InodeAttributes attributes);
        if (error != Errno.Success)
        {
            return error;
        }

        OverlayPlace? place = inode.Place;
        if (inode == inode.Overlay.Root.Inode)
        {
            SetRoot(caller, inode, lower, attributes);
            return Errno.Success;
        }

        if (place is null && inode.Type != FileType.Regular)
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
        Result<Inode> made = inode.Type == FileType.Regular
            ? inode.Overlay.UpperRoot.CreateTemporary(caller, creation)
            : place!.Parent.Upper!.Create(caller, place.Name, creation);
        if (made.Error == Errno.EEXIST && inode.IsDirectory)
        {
            // Another object for the same directory has been copied up before.
            made = place!.Parent.Upper!.Lookup(caller, place.Name);
        }

        if (!made.TryGet(out Inode? upper, out error))
        {
            return error;
        }

        if (inode.Type == FileType.Regular)
        {
            error = CopyContent(caller, inode.Overlay, lower, upper, Math.Min(length, attributes.Size));
        }

        if (error == Errno.Success)
        {
            CopyAttributes(caller, lower, upper, attributes);
        }

        if (error == Errno.Success && inode.Type == FileType.Regular && place is not null)
        {
            error = place.Parent.Upper!.Link(caller, place.Name, upper);
        }

        if (error != Errno.Success)
        {
            if (inode.Type == FileType.Regular)
            {
                upper.DropUse();
            }

            return error;
        }

        _ = upper.GetAttributes(out InodeAttributes copied);
        inode.Overlay.SetOrigin(copied.InodeNumber, inode.Number);
        inode.SetUpper(upper, isTemporary: place is null);
        if (inode.Type == FileType.Regular && place is not null)
        {
            upper.DropUse();
        }

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
        CopyAttributes(caller, lower, upper, attributes);
        root.SetUpper(upper, isTemporary: false);
    }

    private static void CopyAcl(Caller caller, Inode upper, bool isDefault, PosixAcl? acl)
    {
        if (acl is not null && upper.GetOwnership(out InodeOwnership seen) == Errno.Success)
        {
            _ = upper.SetAcl(caller, isDefault, acl, seen.Mode & StatMode.PermissionMask, seen);
        }
    }

    private static void CopyAttributes(Caller caller, Inode lower, Inode upper, in InodeAttributes attributes)
    {
        byte[] names = ArrayPool<byte>.Shared.Rent(65536);
        byte[] value = ArrayPool<byte>.Shared.Rent(65536);
        Result<int> length = lower.ListExtendedAttributes(caller, names);
        ReadOnlySpan<byte> rest = names.AsSpan(0, length.IsOk ? length.Value : 0);
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> name = rest[..rest.IndexOf((byte)0)];
            rest = rest[(name.Length + 1)..];
            Result<int> size = lower.GetExtendedAttribute(caller, name, value);
            if (size.IsOk && !name.StartsWith(OverlayMarks.Prefix))
            {
                _ = upper.SetExtendedAttribute(caller, name, value.AsSpan(0, size.Value), 0);
            }
        }

        ArrayPool<byte>.Shared.Return(names);
        ArrayPool<byte>.Shared.Return(value);
        upper.SetAttributes(caller, new AttributeChange
        {
            Valid = AttributeChange.Fields.AccessTime | AttributeChange.Fields.ModifyTime,
            AccessTime = attributes.AccessTime,
            ModifyTime = attributes.ModifyTime,
        });
    }

    private static Errno CopyContent(Caller caller, OverlayFileSystem overlay, Inode lower, Inode upper,
        long length)
    {
        if (length <= 0)
        {
            return Errno.Success;
        }

        Result<OpenFile> source = lower.Open(caller, PlaceOf(overlay, lower), OpenFlags.ReadOnly);
        if (!source.IsOk)
        {
            return source.Error;
        }

        Result<OpenFile> target = upper.Open(caller, PlaceOf(overlay, upper), OpenFlags.ReadWrite);
        Errno error = target.Error;
        if (target.IsOk)
        {
            error = target.Value is SeekableFile file
                ? CopyContent(caller, source.Value, file, upper, length) : Errno.EIO;
            target.Value.Release();
        }

        source.Value.Release();
        return error;
    }

    private static Errno CopyContent(Caller caller, OpenFile source, SeekableFile target, Inode upper,
        long length)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkSize, length));
        Errno error = Errno.Success;
        long at = 0;
        while (at < length && error == Errno.Success)
        {
            Result<long> data = Find(source, at, SeekData);
            if (data.Error == Errno.ENXIO)
            {
                break;
            }

            Result<long> hole = data.IsOk ? Find(source, data.Value, SeekHole) : length;
            at = data.IsOk ? data.Value : at;
            long end = Math.Min(hole.IsOk ? hole.Value : length, length);
            error = CopyRange(caller, source, target, buffer, ref at, end);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return error != Errno.Success ? error
            : upper.SetAttributes(caller,
            new AttributeChange { Valid = AttributeChange.Fields.Size, Size = length });
    }

    private static Result<long> Find(OpenFile source, long offset, int whence) =>
        source is SeekableFile file ? file.SeekData(offset, whence) : Errno.EINVAL;

    private static Errno CopyRange(
        Caller caller, OpenFile source, SeekableFile target, byte[] buffer, ref long at, long end)
    {
        while (at < end)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at));
            if (!source.ReadAt(caller, chunk, at).TryGet(out int count, out Errno error))
            {
                return error;
            }

            if (count == 0)
            {
                // The file has become shorter: the rest stays a hole.
                at = long.MaxValue;
                return Errno.Success;
            }

            if (!target.WriteContent(caller, chunk[..count], at).TryGet(out int written, out error))
            {
                return error;
            }

            at += written;
        }

        return Errno.Success;
    }

    private static Location PlaceOf(OverlayFileSystem overlay, Inode inode) =>
        new(overlay.UpperMount, Dentry.CreateAnonymous(inode, "overlay"));
}
