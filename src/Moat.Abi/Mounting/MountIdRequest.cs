// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Mounting;

/// <summary>struct mnt_id_req of statmount(2) and listmount(2): 24 bytes, 32 with the namespace.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MountIdRequest
{
    /// <summary>LSMT_ROOT: the caller's root.</summary>
    public const ulong Root = ulong.MaxValue;

    public uint Size;

    /// <summary>A descriptor of a mount namespace; 0 for none.</summary>
    public uint NamespaceFd;

    /// <summary>A unique id, as statx(2) tells them.</summary>
    public ulong MountId;

    /// <summary>What statmount(2) is to tell; the last id that listmount(2) has told.</summary>
    public ulong Parameter;
    public ulong NamespaceId;
}
