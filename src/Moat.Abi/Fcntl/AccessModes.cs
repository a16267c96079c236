// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>_OK bits of access(2).</summary>
[Flags]
[LinuxPrefix("")]
public enum AccessModes
{
    [LinuxName("F_OK")] Exists = 0,
    [LinuxName("X_OK")] Execute = 1,
    [LinuxName("W_OK")] Write = 2,
    [LinuxName("R_OK")] Read = 4,
}
