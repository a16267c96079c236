// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Ipc;

/// <summary>The System V and POSIX objects that a group of processes sees (ipc_namespaces(7)).</summary>
/// <remarks>Invariants: when the last task leaves, what it left behind is gone with it.</remarks>
public sealed class IpcNamespace : GuestNamespace
{
    private FileSystem? _queueFiles;
    private int _users;

    /// <summary>An empty namespace.</summary>
    public IpcNamespace(UserNamespace owner, uint number = 0)
        : base(NamespaceKind.Ipc, owner, number)
    {
    }

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

    /// <summary>A task lives in it from now on.</summary>
    internal void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>A task has left; with the last one, segments give their memory back.</summary>
    internal void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            SharedMemory.RemoveAll();
        }
    }

    /// <summary>A process has ended: its SEM_UNDO adjustments are made.</summary>
    public void OnExit(ThreadGroup process) => Semaphores.Undo(process);
}
