// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi;

/// <summary>The S_IFMT part of st_mode (inode(7)).</summary>
[LinuxPrefix("S_IF")]
public enum FileType : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("S_IFIFO")] Fifo = 0x1000,
    [LinuxName("S_IFCHR")] CharacterDevice = 0x2000,
    [LinuxName("S_IFDIR")] Directory = 0x4000,
    [LinuxName("S_IFBLK")] BlockDevice = 0x6000,
    [LinuxName("S_IFREG")] Regular = 0x8000,
    [LinuxName("S_IFLNK")] Symlink = 0xa000,
    [LinuxName("S_IFSOCK")] Socket = 0xc000,
}
