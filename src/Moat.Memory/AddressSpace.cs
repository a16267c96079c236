// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;

namespace Moat.Memory;

/// <summary>
/// A guest address space (mm_struct): the mappings that a stub process has on the guest's behalf.
/// </summary>
/// <remarks>
/// The host kernel does the work; this keeps the books. Every change orders a host call in the stub first and
/// is
/// recorded when that has succeeded.
/// Locks: one of rank AddressSpace guards all state and is held while orders are carried out, as Linux holds
/// mmap_lock. References on memory objects are dropped after it is released.
/// Invariants: nothing is mapped outside [MinAddress, Top) or in a reserved range.
/// </remarks>
public sealed class AddressSpace : RefCounted, IFutexSpace
{
    private readonly ReservedRange[] _reserved;
    private ulong _peakBytes;
    private ProgramLayout _program;

    /// <summary>An empty address space.</summary>
    public AddressSpace(AddressSpaceLayout layout, ReadOnlySpan<ReservedRange> reserved)
    {
        Layout = layout;
        _reserved = reserved.ToArray();
        Array.Sort(_reserved, static (a, b) => a.Start.CompareTo(b.Start));
    }

    private AddressSpace(AddressSpace parent)
    {
        Layout = parent.Layout;
        _reserved = parent._reserved;
        _program = parent._program;
        BreakStart = parent.BreakStart;
        BreakEnd = parent.BreakEnd;
        SizeLimit = parent.SizeLimit;
        DataLimit = parent.DataLimit;
        StackLimit = parent.StackLimit;
        LockLimit = parent.LockLimit;
        MaxMapCount = parent.MaxMapCount;
        AuxiliaryVector = parent.AuxiliaryVector;
    }

    /// <summary>Where the stack and new mappings go.</summary>
    public AddressSpaceLayout Layout { get; }

    /// <summary>RLIMIT_AS in bytes.</summary>
    public ulong SizeLimit { get; set; } = AddressSpaceLimits.Unlimited;

    /// <summary>RLIMIT_DATA in bytes.</summary>
    public ulong DataLimit { get; set; } = AddressSpaceLimits.Unlimited;

    /// <summary>RLIMIT_STACK in bytes: how far a MAP_GROWSDOWN mapping grows.</summary>
    public ulong StackLimit { get; set; } = 8UL << 20;

    /// <summary>RLIMIT_MEMLOCK in bytes.</summary>
    public ulong LockLimit { get; set; } = AddressSpaceLimits.Unlimited;

    /// <summary>vm.max_map_count.</summary>
    public int MaxMapCount { get; set; } = AddressSpaceLimits.DefaultMaxMapCount;

    /// <summary>The auxiliary vector as the program got it, for /proc/PID/auxv.</summary>
    public byte[] AuxiliaryVector { get; set; } = [];

    /// <summary>Where the program lies.</summary>
    public ProgramLayout Program
    {
        get
        {
            using RankedLock.Scope scope = Lock.Enter();
            return _program;
        }

        set
        {
            using RankedLock.Scope scope = Lock.Enter();
            _program = value;
        }
    }

    /// <summary>
    /// The lock of all state. Fork takes it around the clone of the stub, so that both copies have the same
    /// mappings.
    /// </summary>
    public RankedLock Lock { get; } = new(LockRank.AddressSpace);

    internal VmaSet Vmas { get; } = new();

    internal ulong BreakStart { get; private set; }

    internal ulong BreakEnd { get; set; }

    /// <summary>Flags that mlockall(MCL_FUTURE) gives new mappings.</summary>
    internal VmaFlags FutureLock { get; set; }

    internal ReadOnlySpan<ReservedRange> Reserved => _reserved;

    /// <summary>The executable one of the platform's ranges: the vDSO. Empty when there is none.</summary>
    public ReservedRange Vdso => Array.Find(_reserved, static range => range.IsExecutable);

    /// <summary>mmap(2): maps, and returns the address.</summary>
    public Result<ulong> Map(IMemoryOrders orders, in MapRequest request)
    {
        List<MemoryObject>? released = null;
        Result<ulong> result;
        using (Lock.Enter())
        {
            result = MapOperation.RunLocked(this, orders, in request, ref released);
        }

        ReleaseAll(released);
        return result;
    }

    /// <summary>
    /// Maps all of these, each at its own fixed address, with as few exchanges with the stub as possible. On
    /// an error
    /// some may be mapped in the stub and none is recorded: only for an address space that is then given up.
    /// </summary>
    public Errno MapAllFixed(IMemoryOrders orders, ReadOnlySpan<MapRequest> requests)
    {
        List<MemoryObject>? released = null;
        Errno error;
        using (Lock.Enter())
        {
            error = MapOperation.RunAllFixedLocked(this, orders, requests, ref released);
        }

        ReleaseAll(released);
        return error;
    }

    /// <summary>Where a mapping of this many bytes would go now; ENOMEM when there is no room.</summary>
    public Result<ulong> FindFree(ulong length)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return MapOperation.ChooseLocked(this, 0, length, MapFlags.None);
    }

    /// <summary>munmap(2).</summary>
    public Errno Unmap(IMemoryOrders orders, ulong address, ulong length)
    {
        if (!AddressSpaceLimits.IsPageAligned(address) || length == 0
            || !AddressSpaceLimits.IsUserRange(address, length))
        {
            return Errno.EINVAL;
        }

        List<MemoryObject>? released = null;
        Errno error;
        using (Lock.Enter())
        {
            error = UnmapOperation.RunLocked(
                this, orders, address, address + AddressSpaceLimits.PageUp(length), ref released);
        }

        ReleaseAll(released);
        return error;
    }

    /// <summary>
    /// shmdt(2): unmaps what is left of the System V segment attached at an address; EINVAL when there is
    /// none.
    /// </summary>
    /// <returns>The segment, with a reference for the caller.</returns>
    public Result<MemoryObject> DetachObject(IMemoryOrders orders, ulong address)
    {
        List<MemoryObject>? released = null;
        Result<MemoryObject> result;
        using (Lock.Enter())
        {
            result = UnmapOperation.DetachLocked(this, orders, address, ref released);
        }

        ReleaseAll(released);
        return result;
    }

    /// <summary>mprotect(2).</summary>
    public Errno Protect(IMemoryOrders orders, ulong address, ulong length, MemoryProtection protection)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return ProtectOperation.RunLocked(this, orders, address, length, protection);
    }

    /// <summary>mremap(2): resizes or moves, and returns the address.</summary>
    public Result<ulong> Remap(IMemoryOrders orders, in RemapRequest request)
    {
        List<MemoryObject>? released = null;
        Result<ulong> result;
        using (Lock.Enter())
        {
            result = RemapOperation.RunLocked(this, orders, in request, ref released);
        }

        ReleaseAll(released);
        return result;
    }

    /// <summary>madvise(2).</summary>
    public Errno Advise(IMemoryOrders orders, ulong address, ulong length, MemoryAdvice advice)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return AdviseOperation.RunLocked(this, orders, address, length, advice);
    }

    /// <summary>msync(2).</summary>
    public Errno Sync(IMemoryOrders orders, ulong address, ulong length, SyncFlags flags)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return SyncOperation.SyncLocked(this, orders, address, length, flags);
    }

    /// <summary>mincore(2).</summary>
    public Errno GetResidency(IMemoryOrders orders, ulong address, ulong length, ulong vector)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return SyncOperation.ResidencyLocked(this, orders, address, length, vector);
    }

    /// <summary>mlock(2), mlock2(2).</summary>
    public Errno LockPages(IMemoryOrders orders, ulong address, ulong length, bool onFault, bool privileged)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return LockOperation.LockRangeLocked(this, orders, address, length, onFault, privileged);
    }

    /// <summary>munlock(2).</summary>
    public Errno UnlockPages(ulong address, ulong length)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return LockOperation.UnlockRangeLocked(this, address, length);
    }

    /// <summary>mlockall(2); without flags munlockall(2).</summary>
    public Errno LockAll(IMemoryOrders orders, LockFlags flags, bool privileged)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return LockOperation.LockAllLocked(this, orders, flags, privileged);
    }

    /// <summary>Sets where the program's heap begins; once, by the loader.</summary>
    public void SetBreakStart(ulong address)
    {
        using RankedLock.Scope scope = Lock.Enter();
        BreakStart = address;
        BreakEnd = address;
    }

    /// <summary>
    /// brk(2): moves the end of the heap; returns the new end, or the old one when that cannot be.
    /// </summary>
    public ulong Break(IMemoryOrders orders, ulong address)
    {
        List<MemoryObject>? released = null;
        ulong result;
        using (Lock.Enter())
        {
            result = BreakOperation.RunLocked(this, orders, address, ref released);
        }

        ReleaseAll(released);
        return result;
    }

    /// <summary>
    /// RLIMIT_STACK was lowered: the main stack loses what it has not used, so that the limit bites.
    /// </summary>
    /// <param name="orders">The calling task's.</param>
    /// <param name="stackPointer">The calling task's rsp; nothing happens when it is on another
    /// stack.</param>
    public void TrimStack(IMemoryOrders orders, ulong stackPointer)
    {
        using RankedLock.Scope scope = Lock.Enter();
        GrowDownOperation.TrimLocked(this, orders, stackPointer);
    }

    /// <summary>
    /// Grows the MAP_GROWSDOWN mapping above a faulting address; false when the fault stands.
    /// </summary>
    public bool TryGrowDown(IMemoryOrders orders, ulong address)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return GrowDownOperation.RunLocked(this, orders, address);
    }

    /// <summary>
    /// A forked child's copy of the books, without what MADV_DONTFORK excludes and without memory locks. The
    /// caller
    /// holds <see cref="Lock"/> from before the stub is cloned until this returns.
    /// </summary>
    public AddressSpace CloneLocked()
    {
        var child = new AddressSpace(this);
        for (int i = 0; i < Vmas.Count; i++)
        {
            Vma vma = Vmas[i];
            if ((vma.Flags & VmaFlags.DontFork) == 0)
            {
                vma.Object?.AddReference();
                child.Vmas.Insert(vma with { Flags = vma.Flags & ~(VmaFlags.Locked | VmaFlags.LockOnFault) });
            }
        }

        child._peakBytes = child.Vmas.TotalBytes;
        return child;
    }

    /// <summary>
    /// The mapping that holds an address; its object is only safe to use with a reference of one's own.
    /// </summary>
    public Vma? Find(ulong address)
    {
        using RankedLock.Scope scope = Lock.Enter();
        return Vmas.Find(address);
    }

    /// <summary>Changes with every change of the mappings; for ranges found without keeping the lock.
    /// </summary>
    public int Version => Vmas.Version;

    /// <summary>
    /// The private writable mapping without a file, which no access can fault in, that holds an address; an
    /// empty range when there is none.
    /// </summary>
    public WritableRange FindPrivateWritable(ulong address)
    {
        using RankedLock.Scope scope = Lock.Enter();
        Vma? vma = Vmas.Find(address);
        bool writable = vma is { IsShared: false,
            Object: null } && (vma.Protection & MemoryProtection.Write) != 0;
        return writable ? new WritableRange(vma!.Start, vma.End, Vmas.Version) : default;
    }

    /// <summary>
    /// The program text at an address: a private file mapping that is executable and not writable. The caller
    /// holds <see cref="Lock"/>.
    /// </summary>
    public bool TryFindTextLocked(ulong address, out ulong start, out ulong end,
        out MemoryProtection protection)
    {
        Vma? vma = Vmas.Find(address);
        start = vma?.Start ?? 0;
        end = vma?.End ?? 0;
        protection = vma?.Protection ?? MemoryProtection.None;
        return vma is { IsShared: false, Object: not null }
            && (protection & (MemoryProtection.Execute | MemoryProtection.Write)) == MemoryProtection.Execute;
    }

    /// <inheritdoc/>
    public Errno ResolveSharedWord(ulong address, out MemoryObject? memory, out ulong offset)
    {
        using RankedLock.Scope scope = Lock.Enter();
        Vma? vma = Vmas.Find(address);
        memory = vma is { IsShared: true } ? vma.Object : null;
        offset = memory is null ? 0 : vma!.Offset + (address - vma.Start);
        return vma is null || vma.Protection == MemoryProtection.None
            || (memory is null && (vma.Protection & MemoryProtection.Write) == 0)
            ? Errno.EFAULT
            : Errno.Success;
    }

    /// <summary>Sizes for /proc/PID/status.</summary>
    public AddressSpaceUsage GetUsage()
    {
        using RankedLock.Scope scope = Lock.Enter();
        ulong executable = 0;
        ulong libraries = 0;
        for (int i = 0; i < Vmas.Count; i++)
        {
            Vma vma = Vmas[i];
            if (vma.Object is not null && !vma.IsShared
                && (vma.Protection & (MemoryProtection.Execute
                    | MemoryProtection.Write)) == MemoryProtection.Execute)
            {
                bool own = vma.Start < _program.EndCode && _program.StartCode < vma.End;
                executable += own ? vma.Length : 0;
                libraries += own ? 0 : vma.Length;
            }
        }

        return new(Vmas.TotalBytes, Math.Max(_peakBytes, Vmas.TotalBytes), Vmas.DataBytes, Vmas.StackBytes,
            executable, libraries, Vmas.LockedBytes, Vmas.Count);
    }

    /// <summary>/proc/PID/maps as Linux prints it.</summary>
    public byte[] FormatMaps()
    {
        using MapsText text = TakeMaps();
        return text.Format();
    }

    /// <summary>The mappings as /proc/PID/maps lists them; the caller disposes it.</summary>
    public MapsText TakeMaps()
    {
        // Objects compute their names under locks of their own, so they are asked after this one is released.
        using RankedLock.Scope scope = Lock.Enter();
        return new MapsText(this);
    }

    /// <summary>
    /// A copy of the mappings, lowest first. Objects in it are only safe to look at, not to use.
    /// </summary>
    public Vma[] Snapshot()
    {
        using RankedLock.Scope scope = Lock.Enter();
        var copy = new Vma[Vmas.Count];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = Vmas[i];
        }

        return copy;
    }

    /// <summary>The same of those that a range touches.</summary>
    public Vma[] SnapshotRange(ulong start, ulong end)
    {
        using RankedLock.Scope scope = Lock.Enter();
        int first = Vmas.IndexEndingAfter(start);
        int count = 0;
        while (first + count < Vmas.Count && Vmas[first + count].Start < end)
        {
            count++;
        }

        var copy = new Vma[count];
        for (int i = 0; i < count; i++)
        {
            copy[i] = Vmas[first + i];
        }

        return copy;
    }

    /// <summary>A copy whose objects the caller releases, without <see cref="Lock"/>.</summary>
    internal Vma[] SnapshotReferencedLocked()
    {
        var copy = new Vma[Vmas.Count];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = Vmas[i];
            copy[i].Object?.AddReference();
        }

        return copy;
    }

    internal void NotePeakLocked() => _peakBytes = Math.Max(_peakBytes, Vmas.TotalBytes);

    internal bool MayMapLocked(ulong addedTotal, ulong addedData) =>
        Fits(Vmas.TotalBytes, addedTotal, SizeLimit) && Fits(Vmas.DataBytes, addedData, DataLimit);

    internal ProgramLayout ProgramLocked => _program;

    /// <summary>Drops all books. The stub is gone or belongs to another address space.</summary>
    protected override void Destroy()
    {
        List<MemoryObject>? released = null;
        using (Lock.Enter())
        {
            Vmas.Clear(ref released);
        }

        ReleaseAll(released);
    }

    private static bool Fits(ulong used, ulong added, ulong limit) =>
        added == 0 || (added <= limit && used <= limit - added);

    private static void ReleaseAll(List<MemoryObject>? released)
    {
        if (released is not null)
        {
            foreach (MemoryObject memory in released)
            {
                memory.Release();
            }
        }
    }
}
