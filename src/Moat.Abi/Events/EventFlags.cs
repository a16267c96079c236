// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Flags of eventfd2(2).</summary>
[Flags]
public enum EventFlags
{
    [LinuxName("EFD_SEMAPHORE")] Semaphore = 1,
    [LinuxName("EFD_NONBLOCK")] NonBlock = 0x800,
    [LinuxName("EFD_CLOEXEC")] CloseOnExec = 0x80000,
}
