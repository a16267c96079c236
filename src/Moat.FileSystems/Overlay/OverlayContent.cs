// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>Copies the content and the attributes of a file of a lower layer.</summary>
internal static class OverlayContent
{
    private const int ChunkSize = 256 * 1024;
    private const int MaximumAttribute = 65536;
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>Gives a file of a layer a location of its own.</summary>
    internal static Location PlaceOf(OverlayFileSystem overlay, Inode inode) =>
        new(overlay.UpperMount, Dentry.CreateAnonymous(inode, "overlay"));

    /// <summary>Copies the content up to a length; holes stay holes.</summary>
    internal static Errno Copy(
        Caller caller, OverlayFileSystem overlay, Inode lower, SeekableFile target, Inode upper, long length)
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

        Errno error = Copy(caller, source.Value, target, upper, length);
        source.Value.Release();
        return error;
    }

    /// <summary>
    /// What a copy begins with. An upper layer without ACLs would leave the mask of one as the group's mode.
    /// </summary>
    internal static Errno LowerAttributes(
        OverlayFileSystem overlay, Inode lower, out InodeAttributes attributes)
    {
        Errno error = lower.GetAttributes(out attributes);
        if (error == Errno.Success && !overlay.UpperRoot.MayHaveAcls && lower.Acls?.Access is { } acl)
        {
            attributes = attributes with { Mode = acl.ModeWithout(attributes.Mode) };
        }

        return error;
    }

    /// <summary>Copies extended attributes, times and what changing the owner took of the mode.</summary>
    internal static Errno CopyAttributes(
        Caller caller, Inode lower, Inode upper, in InodeAttributes attributes)
    {
        Errno error = CopyExtended(caller, lower, upper);
        if (error != Errno.Success)
        {
            return error;
        }

        const uint SetIds = StatMode.SetUid | StatMode.SetGid;
        if ((attributes.Mode & SetIds) != 0 && !upper.IsSymlink)
        {
            _ = upper.SetAttributes(caller, new AttributeChange
            {
                Valid = AttributeChange.Fields.Mode, Mode = attributes.Mode & StatMode.PermissionMask,
            });
        }

        _ = upper.SetAttributes(caller, new AttributeChange
        {
            Valid = AttributeChange.Fields.AccessTime | AttributeChange.Fields.ModifyTime,
            AccessTime = attributes.AccessTime,
            ModifyTime = attributes.ModifyTime,
        });
        return Errno.Success;
    }

    private static Errno CopyExtended(Caller caller, Inode lower, Inode upper)
    {
        byte[] names = ArrayPool<byte>.Shared.Rent(MaximumAttribute);
        byte[] value = ArrayPool<byte>.Shared.Rent(MaximumAttribute);
        Errno error = Errno.Success;
        Result<int> length = lower.ListExtendedAttributes(caller, names);
        ReadOnlySpan<byte> rest = names.AsSpan(0, length.IsOk ? length.Value : 0);
        while (rest.IndexOf((byte)0) is var end and > 0 && error == Errno.Success)
        {
            ReadOnlySpan<byte> name = rest[..end];
            rest = rest[(end + 1)..];
            Result<int> size = lower.GetExtendedAttribute(caller, name, value);
            if (size.IsOk && !OverlayXattrs.IsMark(name))
            {
                // What the upper file system cannot keep is left behind, as by cp.
                error = upper.SetExtendedAttribute(caller, name, value.AsSpan(0, size.Value), 0);
                error = error is Errno.ENOSPC or Errno.EDQUOT ? error : Errno.Success;
            }
        }

        ArrayPool<byte>.Shared.Return(names);
        ArrayPool<byte>.Shared.Return(value);
        return error;
    }

    private static Errno Copy(Caller caller, OpenFile source, SeekableFile target, Inode upper,
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
}
