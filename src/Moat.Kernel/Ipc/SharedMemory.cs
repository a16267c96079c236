// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Kernel.Ipc;

/// <summary>System V shared memory: shmget(2), shmat(2), shmdt(2), shmctl(2).</summary>
/// <remarks>Locks: the table's; never held across a change of an address space.</remarks>
public sealed class SharedMemory
{
    /// <summary>SHMMNI.</summary>
    public const int MaxSegments = 4096;

    /// <summary>SHMMAX and SHMALL: as good as none (include/uapi/linux/shm.h).</summary>
    public const ulong MaxSize = ulong.MaxValue - (1UL << 24);
    private const int ReadOnly = 0x1000;
    private const int Round = 0x2000;
    private const int Replace = 0x4000;
    private const int Execute = 0x8000;
    private const int HugePages = 0x800;

    /// <summary>All segments.</summary>
    public IpcTable<SharedSegment> Table { get; } = new(MaxSegments);

    /// <summary>shmget(2): the id of an existing or a new segment.</summary>
    public Result<int> Get(Task task, int key, ulong size, int flags)
    {
        using (Table.Lock.Enter())
        {
            Errno error = Table.FindByKeyLocked(task.Credentials, key, flags, out SharedSegment? found);
            if (error != Errno.Success)
            {
                return error;
            }

            if (found is not null)
            {
                return size > found.Size ? Errno.EINVAL : found.Permission.Id;
            }

            if (size is 0 or > MaxSize)
            {
                return Errno.EINVAL;
            }

            if ((flags & HugePages) != 0 || size > AddressSpaceLimits.Top)
            {
                return Errno.ENOMEM;
            }

            if (!AnonymousMemory.Create(AddressSpaceLimits.PageUp(size))
                .TryGet(out AnonymousMemory? memory, out error))
            {
                return error;
            }

            var segment =
                new SharedSegment(this, memory, IpcPermission.Create(task.Credentials, key, flags), size)
            {
                CreatorPid = task.Group.ProcessId,
                ChangeTime = IpcTime.Now(),
            };
            return Table.AddLocked(segment);
        }
    }

    /// <summary>shmat(2): maps a segment, and returns where.</summary>
    public Result<ulong> Attach(Task task, int id, ulong address, int flags)
    {
        if ((flags & Round) != 0)
        {
            address = AddressSpaceLimits.PageDown(address);
        }

        if (!AddressSpaceLimits.IsPageAligned(address) || ((flags & Replace) != 0 && address == 0))
        {
            return Errno.EINVAL;
        }

        MemoryProtection protection = MemoryProtection.Read;
        protection |= (flags & ReadOnly) != 0 ? 0 : MemoryProtection.Write;
        protection |= (flags & Execute) != 0 ? MemoryProtection.Execute : 0;
        int wanted = 4 | ((flags & ReadOnly) != 0 ? 0 : 2) | ((flags & Execute) != 0 ? 1 : 0);
        if (!Borrow(task, id, wanted).TryGet(out SharedSegment? segment, out Errno error))
        {
            return error;
        }

        MapFlags place = address == 0 ? MapFlags.None : (flags & Replace) != 0 ? MapFlags.Fixed
            : MapFlags.FixedNoReplace;
        Result<ulong> mapped = task.AddressSpace.Map(task.Orders, new MapRequest
        {
            Address = address,
            Length = AddressSpaceLimits.PageUp(segment.Size),
            Protection = protection,
            MaxProtection = (flags & ReadOnly) != 0
                ? MemoryProtection.Read | MemoryProtection.Execute
                : MemoryProtection.Access,
            Flags = MapFlags.Shared | place,
            Object = segment,
        });
        if (mapped.IsOk)
        {
            using (Table.Lock.Enter())
            {
                segment.AttachTime = IpcTime.Now();
                segment.LastPid = task.Group.ProcessId;
            }
        }

        segment.Release();
        return mapped.Error is Errno.EEXIST or Errno.EPERM ? Errno.EINVAL : mapped;
    }

    /// <summary>shmdt(2).</summary>
    public Errno Detach(Task task, ulong address)
    {
        if (!AddressSpaceLimits.IsPageAligned(address))
        {
            return Errno.EINVAL;
        }

        if (!task.AddressSpace.DetachObject(task.Orders, address)
            .TryGet(out MemoryObject? detached, out Errno error))
        {
            return error;
        }

        // It may be of a namespace that the caller has left.
        if (detached is SharedSegment segment)
        {
            using (segment.Owner.Table.Lock.Enter())
            {
                segment.DetachTime = IpcTime.Now();
                segment.LastPid = task.Group.ProcessId;
            }
        }

        detached.Release();
        return Errno.Success;
    }

    /// <summary>IPC_STAT, SHM_STAT, SHM_STAT_ANY: the data and the id.</summary>
    public Result<(int Id, SharedSegmentData Data)> Stat(Task task, int id, bool byIndex, bool checkAccess)
    {
        using (Table.Lock.Enter())
        {
            Result<SharedSegment> found = byIndex ? Table.FindIndexLocked(id) : Table.FindLocked(id);
            if (!found.TryGet(out SharedSegment? segment, out Errno error))
            {
                return error;
            }

            error = checkAccess ? segment.Permission.Check(task.Credentials, 4) : Errno.Success;
            return error == Errno.Success ? (segment.Permission.Id, segment.ToDataLocked(0)) : error;
        }
    }

    /// <summary>IPC_SET.</summary>
    public Errno Set(Task task, int id, in SharedSegmentData data)
    {
        using (Table.Lock.Enter())
        {
            Errno error = FindForControlLocked(task, id, out SharedSegment? segment);
            if (error == Errno.Success)
            {
                segment!.Permission.Set(in data.Permission);
                segment.ChangeTime = IpcTime.Now();
            }

            return error;
        }
    }

    /// <summary>SHM_LOCK, SHM_UNLOCK: noted only; a guest must not pin host memory.</summary>
    public Errno SetLocked(Task task, int id, bool locked)
    {
        using (Table.Lock.Enter())
        {
            if (!Table.FindLocked(id).TryGet(out SharedSegment? segment, out Errno error))
            {
                return error;
            }

            if (!task.Credentials.Has(Capability.IpcLock)
                && segment.Permission.CheckControl(task.Credentials) != Errno.Success)
            {
                return Errno.EPERM;
            }

            segment.IsLocked = locked;
            return Errno.Success;
        }
    }

    /// <summary>IPC_RMID: the segment goes when the last process detaches.</summary>
    public Errno Remove(Task task, int id)
    {
        SharedSegment? segment;
        using (Table.Lock.Enter())
        {
            Errno error = FindForControlLocked(task, id, out segment);
            if (error != Errno.Success || segment!.Permission.IsRemoved)
            {
                return error;
            }

            Table.ForgetKeyLocked(segment);
        }

        segment.Release();
        return Errno.Success;
    }

    /// <summary>The namespace ends: every segment is as if removed with IPC_RMID.</summary>
    internal void RemoveAll()
    {
        var removed = new List<SharedSegment>();
        using (Table.Lock.Enter())
        {
            foreach (SharedSegment segment in Table.ObjectsLocked())
            {
                if (!segment.Permission.IsRemoved)
                {
                    removed.Add(segment);
                    Table.ForgetKeyLocked(segment);
                }
            }
        }

        foreach (SharedSegment segment in removed)
        {
            segment.Release();
        }
    }

    /// <summary>SHM_INFO: usage, and the highest index.</summary>
    public (int Highest, SharedMemoryUsage Usage) GetUsage()
    {
        using (Table.Lock.Enter())
        {
            var usage = new SharedMemoryUsage { UsedIds = Table.Count };
            foreach (SharedSegment segment in Table.ObjectsLocked())
            {
                usage.TotalPages += AddressSpaceLimits.PageUp(segment.Size) / AddressSpaceLimits.PageSize;
            }

            return (Table.HighestIndexLocked(), usage);
        }
    }

    /// <summary>The last reference to a removed segment is gone.</summary>
    internal void Forget(SharedSegment segment)
    {
        using (Table.Lock.Enter())
        {
            Table.RemoveLocked(segment);
        }
    }

    private Result<SharedSegment> Borrow(Task task, int id, int wanted)
    {
        using (Table.Lock.Enter())
        {
            if (!Table.FindLocked(id).TryGet(out SharedSegment? segment, out Errno error))
            {
                return error;
            }

            error = segment.Permission.Check(task.Credentials, wanted);
            if (error != Errno.Success)
            {
                return error;
            }

            return segment.TryAddReference() ? segment : Errno.EINVAL;
        }
    }

    private Errno FindForControlLocked(Task task, int id, out SharedSegment? segment) =>
        Table.FindLocked(id).TryGet(out segment, out Errno error)
            ? segment.Permission.CheckControl(task.Credentials)
            : error;
}
