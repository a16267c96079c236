// SPDX-License-Identifier: Apache-2.0
namespace Moat.Base;

/// <summary>
/// The lock order, outermost first: a thread may only take a lock of a higher rank than those it holds.
/// </summary>
public enum LockRank
{
    /// <summary>The sandbox's containers.</summary>
    Sandbox,
    /// <summary>One fork, exec or exit of a stub family at a time.</summary>
    StubFamily,
    /// <summary>A mount namespace's tree.</summary>
    MountTree,
    /// <summary>The file position of an open file, kept while that file is read, written or listed.</summary>
    FilePosition,
    /// <summary>A directory's children while one is added, removed or renamed.</summary>
    Directory,
    /// <summary>A second directory or the victim in a rename.</summary>
    DirectoryNested,
    /// <summary>The upper tree of an overlay, while a name in it changes.</summary>
    OverlayNames,
    /// <summary>An inode's metadata and contents.</summary>
    Inode,
    /// <summary>A second inode (copy-up, overlay's upper).</summary>
    InodeNested,
    /// <summary>A stopped tracee, while its tracer works on it.</summary>
    Tracee,
    /// <summary>
    /// The futex words of a hash slot, while the kernel changes one: guest memory is accessed under it.
    /// </summary>
    FutexWord,
    /// <summary>An address space's VMAs.</summary>
    AddressSpace,
    /// <summary>The task tree: parents, groups, sessions, PID tables.</summary>
    TaskTree,
    /// <summary>A thread group's signal state.</summary>
    Signals,
    /// <summary>A file descriptor table.</summary>
    FdTable,
    /// <summary>The one lock of the graph of epoll sets that watch epoll sets.</summary>
    EpollTopology,
    /// <summary>An epoll set.</summary>
    Epoll,
    /// <summary>The books of files on their way through local sockets.</summary>
    InFlight,
    /// <summary>A pipe, eventfd, terminal or other object that a file is a handle of.</summary>
    Object,
    /// <summary>A bucket of the futex table.</summary>
    Futex,
    /// <summary>The second bucket of a requeue, the one with the higher index.</summary>
    FutexNested,
    /// <summary>The timer queue.</summary>
    Timers,
    /// <summary>A wait queue's list.</summary>
    WaitQueue,
    /// <summary>The wait queue of an epoll set, woken from that of a file it watches.</summary>
    WaitQueueNested,
    /// <summary>The same for an epoll set that watches an epoll set.</summary>
    WaitQueueNested2,
    /// <summary>The same, three deep.</summary>
    WaitQueueNested3,
    /// <summary>The same, four deep.</summary>
    WaitQueueNested4,
    /// <summary>The same, five deep: no more are allowed.</summary>
    WaitQueueNested5,
    /// <summary>A process's patched call sites, kept while one is being patched.</summary>
    CallSites,
    /// <summary>Outstanding orders of a stub.</summary>
    StubOrders,
    /// <summary>Leaf locks that call nothing.</summary>
    Leaf,
}
