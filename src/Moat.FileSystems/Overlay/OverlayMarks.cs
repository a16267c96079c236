// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Whiteouts and opaque directories, in the format of Linux's overlayfs
/// (Documentation/filesystems/overlayfs.rst).
/// </summary>
internal static class OverlayMarks
{
    /// <summary>Prefix of the overlay's own attributes, which the guest does not see.</summary>
    internal static ReadOnlySpan<byte> Prefix => "trusted.overlay."u8;

    private static ReadOnlySpan<byte> OpaqueName => "trusted.overlay.opaque"u8;

    /// <summary>A character device 0:0 hides a name of the layers below.</summary>
    internal static bool IsWhiteout(Inode inode) =>
        inode.Type == FileType.CharacterDevice
        && inode.GetAttributes(out InodeAttributes attributes) == Errno.Success
        && attributes.SpecialDeviceId == 0;

    /// <summary>Hides a name of the layers below.</summary>
    internal static Errno MakeWhiteout(Caller caller, Inode upperDirectory, ReadOnlySpan<byte> name) =>
        upperDirectory.Create(caller, name, new InodeCreation { Mode = (uint)FileType.CharacterDevice })
            .Error;

    /// <summary>True when a directory hides the directories below it.</summary>
    internal static bool IsOpaque(Caller caller, Inode directory)
    {
        Span<byte> value = stackalloc byte[1];
        return directory.GetExtendedAttribute(caller, OpaqueName, value).IsOk && value[0] == 'y';
    }

    internal static Errno MakeOpaque(Caller caller, Inode directory) =>
        directory.SetExtendedAttribute(caller, OpaqueName, "y"u8, 0);
}
