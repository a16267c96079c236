// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Mounting;

/// <summary>struct statmount, 512 bytes; strings follow, and fields tell their offsets there.</summary>
[StructLayout(LayoutKind.Sequential, Size = 512)]
public struct MountStatus
{
    /// <summary>With the strings.</summary>
    public uint Size;
    public uint Options;
    public StatMountMask Mask;
    public uint DeviceMajor;
    public uint DeviceMinor;
    public ulong Magic;
    public uint SuperFlags;
    public uint TypeName;
    public ulong MountId;
    public ulong ParentId;

    /// <summary>As in /proc/PID/mountinfo.</summary>
    public uint OldMountId;
    public uint OldParentId;
    public MountAttributes Attributes;

    /// <summary>MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE.</summary>
    public MountFlags Propagation;
    public ulong PeerGroup;
    public ulong Master;
    public ulong PropagateFrom;
    public uint Root;
    public uint Point;
    public ulong NamespaceId;
    public uint Subtype;
    public uint Source;
    public uint OptionCount;
    public uint OptionArray;
    public uint SecurityOptionCount;
    public uint SecurityOptionArray;
    public StatMountMask Supported;
}
