// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>What a listener says to a permission event (fanotify(7)), without the error above it.</summary>
[Flags]
[LinuxPrefix("FAN_")]
public enum FanotifyAnswer : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("FAN_ALLOW")] Allow = 0x1,
    [LinuxName("FAN_DENY")] Deny = 0x2,
    [LinuxName("FAN_AUDIT")] Audit = 0x10,

    /// <summary>FAN_INFO: a record follows.</summary>
    [LinuxName("")] Info = 0x20,
}
