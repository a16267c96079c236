// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Dirent;

/// <summary>
/// Where struct linux_dirent64 has its parts; the name follows, NUL-terminated, padded to 8 (getdents64(2)).
/// </summary>
public static class DirectoryEntryLayout
{
    public const int InodeOffset = 0;
    public const int PositionOffset = 8;
    public const int LengthOffset = 16;
    public const int TypeOffset = 18;
    public const int NameOffset = 19;
}
