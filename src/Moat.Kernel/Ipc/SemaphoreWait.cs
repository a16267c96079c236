// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Ipc;

namespace Moat.Kernel.Ipc;

/// <summary>
/// A task asleep in semop: which semaphore it waits for, and whether for zero (GETNCNT, GETZCNT).
/// </summary>
internal sealed class SemaphoreWait
{
    public int Number { get; set; }

    public bool ForZero { get; set; }
}
