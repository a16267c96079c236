// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>Flags of fsopen(2).</summary>
[Flags]
[LinuxPrefix("FSOPEN_")]
public enum FsOpenFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("FSOPEN_CLOEXEC")] CloseOnExec = 0x1,
}
