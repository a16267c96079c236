// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Statfs;

/// <summary>struct statfs of x86-64, 120 bytes (statfs(2)).</summary>
public struct FileSystemStatus
{
    public long Type;
    public long BlockSize;
    public ulong Blocks;
    public ulong BlocksFree;
    public ulong BlocksAvailable;
    public ulong Files;
    public ulong FilesFree;
    public ulong FileSystemId;
    public long NameLength;
    public long FragmentSize;
    public StatfsFlags Flags;
    public long Spare0;
    public long Spare1;
    public long Spare2;
    public long Spare3;
}
