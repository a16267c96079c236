// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>mmap(2), munmap(2), mprotect(2), mremap(2), brk(2), pkeys(7).</summary>
public static class MemoryMap
{
    private const ulong PkeyRights = 3;

    /// <summary>mmap(2).</summary>
    [Syscall("mmap")]
    public static SysResult Map(
        Task task, ulong address, ulong length, MemoryProtection protection, MapFlags flags, int fd,
            ulong offset)
    {
        if (!AddressSpaceLimits.IsPageAligned(offset))
        {
            return Errno.EINVAL;
        }

        var request = new MapRequest
        {
            Address = address,
            Length = length,
            Protection = protection,
            Flags = flags,
            Offset = offset,
        };
        if ((flags & MapFlags.Anonymous) != 0)
        {
            return MapAnonymous(task, request);
        }

        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is { } file ? MapFile(task, file, request) : Errno.EBADF;
    }

    /// <summary>munmap(2).</summary>
    [Syscall("munmap")]
    public static SysResult Unmap(Task task, ulong address, ulong length) =>
        task.AddressSpace.Unmap(task.Orders, address, length);

    /// <summary>mprotect(2).</summary>
    [Syscall("mprotect")]
    public static SysResult Protect(Task task, ulong address, ulong length, MemoryProtection protection) =>
        task.AddressSpace.Protect(task.Orders, address, length, protection);

    /// <summary>mremap(2).</summary>
    [Syscall("mremap")]
    public static SysResult Remap(
        Task task, ulong address, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress) =>
        task.AddressSpace.Remap(task.Orders, new(address, oldLength, newLength, flags, newAddress));

    /// <summary>brk(2): the new end of the heap; the old one when it cannot be moved there.</summary>
    [Syscall("brk")]
    public static SysResult Break(Task task, ulong address) => task.AddressSpace.Break(task.Orders, address);

    /// <summary>
    /// remap_file_pages(2): other pages of the file that is mapped shared there, as a mapping of their own.
    /// </summary>
    [Syscall("remap_file_pages")]
    public static SysResult RemapFilePages(
        Task task, ulong address, ulong length, ulong protection, ulong page, MapFlags flags)
    {
        ulong start = AddressSpaceLimits.PageDown(address);
        ulong bytes = AddressSpaceLimits.PageDown(length);
        ulong offset = page * AddressSpaceLimits.PageSize;
        Vma? first = protection == 0 && bytes > 0 && start + bytes > start
            && page <= ulong.MaxValue / AddressSpaceLimits.PageSize - (bytes / AddressSpaceLimits.PageSize)
            ? task.AddressSpace.Find(start) : null;
        if (first is not { IsShared: true, Object: { } memory } || !memory.TryAddReference())
        {
            return Errno.EINVAL;
        }

        Errno error = Errno.Success;
        for (ulong at = first.End; at < start + bytes && error == Errno.Success;)
        {
            Vma? next = task.AddressSpace.Find(at);
            bool isSame = next?.Object == memory && next.Flags == first.Flags
                && next.Protection == first.Protection;
            error = isSame ? Errno.Success : Errno.EINVAL;
            at = next?.End ?? at;
        }

        Result<ulong> mapped = error != Errno.Success ? error : task.AddressSpace.Map(task.Orders, new()
        {
            Address = start,
            Length = bytes,
            Protection = first.Protection,
            MaxProtection = first.MaxProtection,
            Flags = MapFlags.Shared | MapFlags.Fixed | MapFlags.Populate | (flags & MapFlags.NonBlock),
            Object = memory,
            Offset = offset,
        });
        memory.Release();
        return mapped.IsOk ? 0 : mapped.Error;
    }

    /// <summary>pkey_alloc(2). Guests have no protection keys, as on a CPU without them.</summary>
    [Syscall("pkey_alloc")]
    public static SysResult AllocateKey(Task task, ulong flags, ulong rights) =>
        flags != 0 || (rights & ~PkeyRights) != 0 ? Errno.EINVAL : Errno.ENOSPC;

    /// <summary>pkey_free(2).</summary>
    [Syscall("pkey_free")]
    public static SysResult FreeKey(Task task, int key) => Errno.EINVAL;

    /// <summary>pkey_mprotect(2).</summary>
    [Syscall("pkey_mprotect")]
    public static SysResult ProtectWithKey(
        Task task, ulong address, ulong length, MemoryProtection protection, int key) =>
        key == -1 ? Protect(task, address, length, protection) : Errno.EINVAL;

    private static SysResult MapAnonymous(Task task, MapRequest request)
    {
        MapFlags type = request.Flags & MapFlags.TypeMask;
        if ((request.Flags & MapFlags.HugeTlb) != 0)
        {
            // The guest has no huge pages of this kind, like a host with vm.nr_hugepages = 0.
            return Errno.ENOMEM;
        }

        if (type == MapFlags.Private)
        {
            return task.AddressSpace.Map(task.Orders, request with { Offset = 0 });
        }

        if (type != MapFlags.Shared || request.Length == 0 || (request.Flags & MapFlags.GrowsDown) != 0)
        {
            return Errno.EINVAL;
        }

        if (!AddressSpaceLimits.IsUserRange(0, request.Length))
        {
            return Errno.ENOMEM;
        }

        if (!AnonymousMemory.Create(AddressSpaceLimits.PageUp(request.Length))
            .TryGet(out AnonymousMemory? memory, out Errno error))
        {
            return error;
        }

        Result<ulong> mapped =
            task.AddressSpace.Map(task.Orders, request with { Object = memory, Offset = 0 });
        memory.Release();
        return mapped;
    }

    private static SysResult MapFile(Task task, OpenFile file, MapRequest request)
    {
        bool shared = (request.Flags & MapFlags.TypeMask) is MapFlags.Shared or MapFlags.SharedValidate;
        Errno refused = CheckFile(file, in request, shared);
        if (refused != Errno.Success)
        {
            return refused;
        }

        if (file.MapsZeros)
        {
            MapFlags type = shared ? MapFlags.Shared : MapFlags.Private;
            return MapAnonymous(task, request with { Flags = (request.Flags & ~MapFlags.TypeMask) | type });
        }

        bool write = shared && (request.Protection & MemoryProtection.Write) != 0;
        bool execute = (request.Protection & MemoryProtection.Execute) != 0;
        if (!file.GetMemoryObject(task, shared, write, execute)
            .TryGet(out MemoryObject? memory, out Errno error))
        {
            return error;
        }

        if (!file.PlaceOf(request.Offset, request.Length).TryGet(out ulong place, out error))
        {
            memory.Release();
            return error;
        }

        MemoryProtection most = shared && !file.CanWrite
            ? MemoryProtection.Read | MemoryProtection.Execute
            : MemoryProtection.Access;
        Result<ulong> mapped = task.AddressSpace.Map(
            task.Orders, request with { Object = memory, MaxProtection = most, Offset = place });
        memory.Release();
        return mapped;
    }

    private static Errno CheckFile(OpenFile file, in MapRequest request, bool shared)
    {
        if (request.Length == 0 || (request.Flags & MapFlags.HugeTlb) != 0)
        {
            return Errno.EINVAL;
        }

        MapFlags type = request.Flags & MapFlags.TypeMask;
        if (type == MapFlags.SharedValidate && (request.Flags & ~MapFlags.LegacyMask) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (!shared && type != MapFlags.Private)
        {
            return Errno.EINVAL;
        }

        bool writes = (request.Protection & MemoryProtection.Write) != 0;
        if (!file.CanRead || (shared && writes && !file.CanWrite))
        {
            return Errno.EACCES;
        }

        return (request.Flags & MapFlags.GrowsDown) != 0 ? Errno.EINVAL : Errno.Success;
    }
}
