// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>Flags of listmount(2).</summary>
[Flags]
[LinuxPrefix("LISTMOUNT_")]
public enum ListMountFlags : uint
{
    [LinuxName("")] None = 0,

    /// <summary>The newest first.</summary>
    Reverse = 1,
}
