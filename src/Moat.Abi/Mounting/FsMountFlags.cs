// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>Flags of fsmount(2).</summary>
[Flags]
[LinuxPrefix("FSMOUNT_")]
public enum FsMountFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("FSMOUNT_CLOEXEC")] CloseOnExec = 0x1,
}
