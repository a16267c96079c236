// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>SEEK_ values of lseek(2).</summary>
[LinuxPrefix("SEEK_")]
public enum SeekOrigin
{
    [LinuxName("SEEK_SET")] Begin = 0,
    [LinuxName("SEEK_CUR")] Current = 1,
    End = 2,
    Data = 3,
    Hole = 4,
}
