// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi;

/// <summary>Bits of st_mode (inode(7), include/uapi/linux/stat.h).</summary>
public static class StatMode
{
    public const uint TypeMask = 0xf000;
    public const uint PermissionMask = 0xfff;
    public const uint SetUid = 0x800;
    public const uint SetGid = 0x400;
    public const uint Sticky = 0x200;
    public const uint GroupExecute = 0x8;
    public const uint AnyExecute = 0x49;
    public const uint AnyOfGroup = 0x38;

    /// <summary>The type in a mode.</summary>
    public static FileType TypeOf(uint mode) => (FileType)(mode & TypeMask);

    /// <summary>DT_* value of a type (readdir(3)).</summary>
    public static byte DirectoryEntryType(FileType type) => (byte)((uint)type >> 12);
}
