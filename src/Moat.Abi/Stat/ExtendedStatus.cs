// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Stat;

/// <summary>struct statx, 256 bytes (statx(2)).</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
public struct ExtendedStatus
{
    public StatxMask Mask;
    public uint BlockSize;
    public StatxAttributes Attributes;
    public uint LinkCount;
    public uint Uid;
    public uint Gid;
    public ushort Mode;
    public ushort Padding;
    public ulong InodeNumber;
    public long Size;

    /// <summary>In units of 512 bytes.</summary>
    public long Blocks;
    public StatxAttributes AttributesMask;
    public StatxTimestamp AccessTime;
    public StatxTimestamp BirthTime;
    public StatxTimestamp ChangeTime;
    public StatxTimestamp ModifyTime;
    public uint SpecialDeviceMajor;
    public uint SpecialDeviceMinor;
    public uint DeviceMajor;
    public uint DeviceMinor;
    public ulong MountId;
}
