// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Ipc;

/// <summary>A shared memory segment, semaphore set or message queue.</summary>
public interface IIpcObject
{
    IpcPermission Permission { get; }
}
