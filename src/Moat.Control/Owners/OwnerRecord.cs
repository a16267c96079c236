// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Control.Owners;

/// <summary>The owner of one file, as it is outside the kernel process's user namespace.</summary>
/// <param name="Inode">Inode number in the directory that was asked about; 0 ends an answer early.</param>
/// <param name="ChangeSeconds">st_ctime, by which a stale answer is recognised.</param>
/// <param name="ChangeNanoseconds">Its nanoseconds.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="DeviceMajor">Device of the file.</param>
/// <param name="DeviceMinor">Device of the file.</param>
/// <param name="Reserved">Zero.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct OwnerRecord(
    ulong Inode, long ChangeSeconds, uint ChangeNanoseconds, uint Uid, uint Gid, uint DeviceMajor,
    uint DeviceMinor, uint Reserved = 0)
{
    /// <summary>Most records of one answer.</summary>
    public const int Maximum = 2048;

    /// <summary>Size of a record.</summary>
    public const int Bytes = 40;

    /// <summary>Longest name that can be asked about.</summary>
    public const int MaximumName = 255;
}
