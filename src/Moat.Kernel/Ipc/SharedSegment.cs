// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Ipc;
using Moat.Memory;

namespace Moat.Kernel.Ipc;

/// <summary>A System V shared memory segment: a memory object that can be found by id.</summary>
/// <remarks>
/// Locks: the table's. Invariants: the table holds one reference until IPC_RMID; every attachment holds one
/// through its
/// mapping, so the reference count tells how many there are.
/// </remarks>
public sealed class SharedSegment : MemoryObject, IIpcObject
{
    private const uint Destroyed = 0x200;
    private const uint Locked = 0x400;
    private readonly AnonymousMemory _memory;
    private readonly SharedMemory _owner;

    internal SharedSegment(SharedMemory owner, AnonymousMemory memory, IpcPermission permission, ulong size)
    {
        _owner = owner;
        _memory = memory;
        Permission = permission;
        Size = size;
        OriginalKey = permission.Key;
    }

    /// <summary>The table it is in.</summary>
    internal SharedMemory Owner => _owner;

    public IpcPermission Permission { get; }

    /// <summary>shm_segsz: what was asked for, in bytes.</summary>
    public ulong Size { get; }
    public long AttachTime { get; internal set; }
    public long DetachTime { get; internal set; }
    public long ChangeTime { get; internal set; }
    public int CreatorPid { get; init; }
    public int LastPid { get; internal set; }
    public bool IsLocked { get; internal set; }

    /// <inheritdoc/>
    public override int HostFd => _memory.HostFd;

    /// <inheritdoc/>
    public override ulong DeviceId => 1;

    /// <inheritdoc/>
    public override ulong InodeNumber => (ulong)Permission.Id;

    /// <inheritdoc/>
    public override string Name => $"/SYSV{OriginalKey:x8} (deleted)";

    /// <inheritdoc/>
    public override ulong AttachmentBytes => AddressSpaceLimits.PageUp(Size);

    private int OriginalKey { get; }

    /// <summary>shmctl's IPC_STAT.</summary>
    /// <param name="borrowed">References that the caller holds itself.</param>
    public SharedSegmentData ToDataLocked(int borrowed) => new()
    {
        Permission = Permission.ToData((Permission.IsRemoved ? Destroyed : 0) | (IsLocked ? Locked : 0)),
        Size = Size,
        AttachTime = AttachTime,
        DetachTime = DetachTime,
        ChangeTime = ChangeTime,
        CreatorPid = CreatorPid,
        LastPid = LastPid,
        AttachCount = (ulong)System.Math.Max(0, ReferenceCount - borrowed - (Permission.IsRemoved ? 0 : 1)),
    };

    /// <inheritdoc/>
    protected override void Destroy()
    {
        _owner.Forget(this);
        _memory.Release();
    }
}
