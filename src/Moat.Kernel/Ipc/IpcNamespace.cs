// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Ipc;

/// <summary>The System V objects that a group of processes sees (ipc_namespaces(7)).</summary>
public sealed class IpcNamespace
{
    public SharedMemory SharedMemory { get; } = new();

    public Semaphores Semaphores { get; } = new();

    public MessageQueues MessageQueues { get; } = new();

    /// <summary>A process has ended: its SEM_UNDO adjustments are made.</summary>
    public void OnExit(ThreadGroup process) => Semaphores.Undo(process);
}
