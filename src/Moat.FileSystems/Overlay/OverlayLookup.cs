// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>Finds a name in the layers of a directory.</summary>
/// <remarks>
/// What Linux refuses to follow when it is mounted with `userxattr` is refused here: a directory that was
/// renamed by mark (redirect), a file whose content is elsewhere (metacopy): EPERM.
/// </remarks>
internal static class OverlayLookup
{
    internal static Result<Inode> Find(Caller caller, OverlayInode parent, ReadOnlySpan<byte> name)
    {
        Inode? upper = null;
        if (parent.Upper is { } directory)
        {
            Result<Inode> found = directory.Lookup(caller, name);
            if (found.IsOk)
            {
                upper = found.Value;
                OverlayMark marks = UpperMarks(caller, parent.Overlay, upper);
                if ((marks & (OverlayMark.Whiteout | OverlayMark.Elsewhere)) != 0)
                {
                    return (marks & OverlayMark.Whiteout) != 0 ? Errno.ENOENT : Errno.EPERM;
                }

                if (!upper.IsDirectory || (marks & OverlayMark.Opaque) != 0)
                {
                    return Wrap(parent, name, upper, []);
                }
            }
            else if (found.Error != Errno.ENOENT)
            {
                return found;
            }
        }

        Errno error = FindBelow(caller, parent, name, upper is not null, out Inode[] lowers);
        return error != Errno.Success ? error
            : upper is null && lowers.Length == 0 ? Errno.ENOENT : Wrap(parent, name, upper, lowers);
    }

    /// <summary>
    /// Collects what the lower layers have under a name: a file, or directories until a file hides the rest.
    /// </summary>
    internal static Errno FindBelow(
        Caller caller, OverlayInode parent, ReadOnlySpan<byte> name, bool directoriesOnly,
        out Inode[] lowers)
    {
        lowers = [];
        List<Inode>? several = null;
        foreach (Inode layer in parent.Lowers)
        {
            if (!layer.IsDirectory)
            {
                break;
            }

            Result<Inode> found = layer.Lookup(caller, name);
            if (!found.IsOk)
            {
                if (found.Error == Errno.ENOENT)
                {
                    continue;
                }

                return found.Error;
            }

            OverlayMark marks = LowerMarks(caller, parent.Overlay, found.Value);
            if ((marks & OverlayMark.Elsewhere) != 0)
            {
                return Errno.EPERM;
            }

            if ((marks & OverlayMark.Whiteout) != 0)
            {
                break;
            }

            if (!found.Value.IsDirectory)
            {
                if (lowers.Length == 0 && !directoriesOnly)
                {
                    lowers = [found.Value];
                }

                break;
            }

            if (lowers.Length == 0)
            {
                lowers = [found.Value];
            }
            else
            {
                (several ??= [.. lowers]).Add(found.Value);
            }

            if ((marks & OverlayMark.Opaque) != 0)
            {
                break;
            }
        }

        lowers = several is null ? lowers : [.. several];
        return Errno.Success;
    }

    private static OverlayInode Wrap(
        OverlayInode parent, ReadOnlySpan<byte> name, Inode? upper, Inode[] lowers) =>
        new(parent.Overlay, new OverlayPlace(parent, name.ToArray()), upper, lowers);

    private static OverlayMark UpperMarks(Caller caller, OverlayFileSystem overlay, Inode upper)
    {
        if (OverlayMarks.IsWhiteoutDevice(upper))
        {
            return OverlayMark.Whiteout;
        }

        return overlay.IsUpperForeign ? OverlayMarks.Read(caller, upper)
            : upper.IsDirectory && OverlayMarks.IsOpaque(caller, upper)
                ? OverlayMark.Opaque : OverlayMark.None;
    }

    // A single lower layer is somebody's file tree, not a layer that an overlay has written.
    private static OverlayMark LowerMarks(Caller caller, OverlayFileSystem overlay, Inode lower) =>
        OverlayMarks.IsWhiteoutDevice(lower) ? OverlayMark.Whiteout
            : overlay.HasLayers ? OverlayMarks.Read(caller, lower) : OverlayMark.None;
}
