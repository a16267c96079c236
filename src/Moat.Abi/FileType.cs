// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi;

/// <summary>The S_IFMT part of st_mode (inode(7)).</summary>
public enum FileType : uint
{
    None = 0,
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Symlink = 0xa000,
    Socket = 0xc000,
}
