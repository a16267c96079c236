// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Whiteouts and opaque directories, in the format of Linux's overlayfs mounted with `userxattr`
/// (Documentation/filesystems/overlayfs.rst): a kernel process may not set trusted.*.
/// </summary>
internal static class OverlayMarks
{
    private const int UsualNames = 512;

    /// <summary>Prefix of the overlay's own attributes.</summary>
    internal static ReadOnlySpan<byte> Prefix => "user.overlay."u8;

    private static ReadOnlySpan<byte> OpaqueName => "user.overlay.opaque"u8;

    /// <summary>Hides a name of the layers below: a character device 0:0.</summary>
    internal static Errno MakeWhiteout(Caller caller, Inode upperDirectory, ReadOnlySpan<byte> name) =>
        upperDirectory.Create(caller, name, new InodeCreation { Mode = (uint)FileType.CharacterDevice })
            .Error;

    internal static Errno MakeOpaque(Caller caller, Inode directory) =>
        directory.SetExtendedAttribute(caller, OpaqueName, "y"u8, 0);

    /// <summary>True for a character device 0:0.</summary>
    internal static bool IsWhiteoutDevice(Inode inode) =>
        inode.Type == FileType.CharacterDevice
        && inode.GetAttributes(out InodeAttributes attributes) == Errno.Success
        && attributes.SpecialDeviceId == 0;

    /// <summary>True when it hides a name of the layers below, in whichever form.</summary>
    internal static bool IsWhiteout(Caller caller, Inode inode, bool mayBeFile) =>
        IsWhiteoutDevice(inode)
        || (mayBeFile && inode.Type == FileType.Regular
            && (Read(caller, inode) & OverlayMark.Whiteout) != 0);

    /// <summary>True when a directory that only this overlay writes to hides those below it.</summary>
    internal static bool IsOpaque(Caller caller, Inode directory)
    {
        Span<byte> value = stackalloc byte[1];
        return directory.GetExtendedAttribute(caller, OpaqueName, value).IsOk && value[0] == 'y';
    }

    /// <summary>All marks of something that Linux may have written.</summary>
    internal static OverlayMark Read(Caller caller, Inode inode)
    {
        if (inode.Type is not (FileType.Directory or FileType.Regular))
        {
            return OverlayMark.None;
        }

        // One question about all of them, since nearly always there is none.
        Span<byte> names = stackalloc byte[UsualNames];
        Result<int> length = inode.ListExtendedAttributes(caller, names);
        if (length.IsOk && names[..length.Value].IndexOf(Prefix) < 0)
        {
            return OverlayMark.None;
        }

        return inode.IsDirectory ? ReadDirectory(caller, inode) : ReadFile(caller, inode);
    }

    private static OverlayMark ReadDirectory(Caller caller, Inode directory)
    {
        Span<byte> value = stackalloc byte[1];
        OverlayMark marks = Has(caller, directory, "user.overlay.redirect"u8)
            ? OverlayMark.Elsewhere : OverlayMark.None;
        bool isMarked = directory.GetExtendedAttribute(caller, OpaqueName, value) is { IsOk: true, Value: 1 };
        return !isMarked ? marks
            : value[0] == 'y' ? marks | OverlayMark.Opaque
            : value[0] == 'x' ? marks | OverlayMark.HasFileWhiteouts : marks;
    }

    private static OverlayMark ReadFile(Caller caller, Inode file)
    {
        OverlayMark marks = Has(caller, file, "user.overlay.metacopy"u8)
            ? OverlayMark.Elsewhere : OverlayMark.None;
        bool isWhiteout = Has(caller, file, "user.overlay.whiteout"u8)
            && file.GetAttributes(out InodeAttributes attributes) == Errno.Success && attributes.Size == 0;
        return isWhiteout ? marks | OverlayMark.Whiteout : marks;
    }

    private static bool Has(Caller caller, Inode inode, ReadOnlySpan<byte> name) =>
        inode.GetExtendedAttribute(caller, name, default).IsOk;
}
