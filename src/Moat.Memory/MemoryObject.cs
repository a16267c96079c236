// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Base;

namespace Moat.Memory;

/// <summary>Something a guest can map: a host file, a memfd. Shared by all mappings of it.</summary>
public abstract class MemoryObject : RefCounted
{
    private static ulong s_lastKept;

    /// <summary>
    /// The kernel process's descriptor to map from; open for writing only where shared writable maps are
    /// allowed.
    /// </summary>
    public abstract int HostFd { get; }

    /// <summary>
    /// A number that no other object has had or will have, when its descriptor may stay in the processes that
    /// map it, since no guest can change or remove the file; else 0.
    /// </summary>
    public virtual ulong KeptAs => 0;

    /// <summary>
    /// Where its first byte lies in the descriptor, a whole number of pages: a file inside an image.
    /// </summary>
    public virtual ulong HostOffset => 0;

    /// <summary>
    /// How much of it lies there, a whole number of pages. What comes after is mapped from
    /// <see cref="TailFd"/>, so that a guest never gets to see what the descriptor holds behind the object.
    /// </summary>
    public virtual ulong HostLength => ulong.MaxValue;

    /// <summary>
    /// What is mapped behind <see cref="HostLength"/>: it ends where the object ends. -1 without a limit.
    /// </summary>
    public virtual int TailFd => -1;

    /// <summary>
    /// True for a file of the host, which others map as well, so that what the host tells of its pages tells
    /// of them.
    /// </summary>
    public virtual bool IsHostFile => false;

    /// <summary>st_dev of the guest file, for /proc/PID/maps; 0 when anonymous.</summary>
    public virtual ulong DeviceId => 0;

    /// <summary>st_ino of the guest file, for /proc/PID/maps; 0 when anonymous.</summary>
    public virtual ulong InodeNumber => 0;

    /// <summary>The name shown in /proc/PID/maps, or null.</summary>
    public virtual string? Name => null;

    /// <summary>Size in bytes of what shmdt(2) detaches at once; 0 for all but System V segments.</summary>
    public virtual ulong AttachmentBytes => 0;

    /// <summary>A number for <see cref="KeptAs"/>.</summary>
    protected static ulong NextKept() => Interlocked.Increment(ref s_lastKept);
}
