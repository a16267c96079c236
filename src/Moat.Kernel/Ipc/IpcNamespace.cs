// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>The System V and POSIX objects that a group of processes sees (ipc_namespaces(7)).</summary>
public sealed class IpcNamespace
{
    private FileSystem? _queueFiles;

    public SharedMemory SharedMemory { get; } = new();

    public Semaphores Semaphores { get; } = new();

    public MessageQueues MessageQueues { get; } = new();

    /// <summary>Limits of POSIX message queues.</summary>
    public PosixQueueLimits PosixQueues { get; } = new();

    /// <summary>The file system that shows the POSIX message queues; null before anybody asked.</summary>
    public FileSystem? QueueFiles => Volatile.Read(ref _queueFiles);

    /// <summary>Sets <see cref="QueueFiles"/>, once.</summary>
    public void TrySetQueueFiles(FileSystem files) =>
        Interlocked.CompareExchange(ref _queueFiles, files, null);

    /// <summary>A process has ended: its SEM_UNDO adjustments are made.</summary>
    public void OnExit(ThreadGroup process) => Semaphores.Undo(process);
}
