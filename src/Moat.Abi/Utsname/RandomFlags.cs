// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Utsname;

/// <summary>Flags of getrandom(2).</summary>
[Flags]
public enum RandomFlags : uint
{
    None = 0,
    [LinuxName("GRND_NONBLOCK")] NonBlock = 1,
    [LinuxName("GRND_RANDOM")] Random = 2,
    [LinuxName("GRND_INSECURE")] Insecure = 4,
}
