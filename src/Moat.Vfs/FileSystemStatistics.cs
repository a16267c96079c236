// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>What statfs(2) tells of a file system.</summary>
public record struct FileSystemStatistics
{
    /// <summary>f_type: TMPFS_MAGIC and the like.</summary>
    public ulong Magic { get; set; }
    public long BlockSize { get; set; }

    /// <summary>In blocks of <see cref="BlockSize"/>.</summary>
    public ulong Blocks { get; set; }
    public ulong BlocksFree { get; set; }
    public ulong BlocksAvailable { get; set; }
    public ulong Files { get; set; }
    public ulong FilesFree { get; set; }
    public long NameLength { get; set; }
}
