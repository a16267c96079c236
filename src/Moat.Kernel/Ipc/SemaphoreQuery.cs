// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Ipc;

/// <summary>What semctl may ask of one semaphore.</summary>
public enum SemaphoreQuery
{
    Value,
    LastPid,
    WaitersForMore,
    WaitersForZero,
}
