// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Mounting;

/// <summary>struct mount_attr of mount_setattr(2), 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MountAttr
{
    public MountAttributes Set;
    public MountAttributes Clear;

    /// <summary>One of MS_SHARED, MS_SLAVE, MS_PRIVATE and MS_UNBINDABLE, or 0.</summary>
    public MountFlags Propagation;

    /// <summary>For MOUNT_ATTR_IDMAP.</summary>
    public ulong UserNamespaceFd;
}
