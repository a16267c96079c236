// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Memory;

/// <summary>Something a guest can map: a host file, a memfd. Shared by all mappings of it.</summary>
public abstract class MemoryObject : RefCounted
{
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

    /// <summary>st_dev of the guest file, for /proc/PID/maps; 0 when anonymous.</summary>
    public virtual ulong DeviceId => 0;

    /// <summary>st_ino of the guest file, for /proc/PID/maps; 0 when anonymous.</summary>
    public virtual ulong InodeNumber => 0;

    /// <summary>The name shown in /proc/PID/maps, or null.</summary>
    public virtual string? Name => null;

    /// <summary>Size in bytes of what shmdt(2) detaches at once; 0 for all but System V segments.</summary>
    public virtual ulong AttachmentBytes => 0;
}
