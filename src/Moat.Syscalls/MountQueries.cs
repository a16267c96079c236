// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Mounting;
using Moat.Base;
using Moat.FileSystems.Processes;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Mounting;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>statmount(2), listmount(2).</summary>
public static class MountQueries
{
    private const int SmallestRequest = 24;
    private const int LargestRequest = 4096;
    private const ulong MostIds = 1_000_000;
    private const ulong LastOldId = 1UL << 31;

    /// <summary>statmount(2): what there is to know of a mount.</summary>
    [Syscall("statmount")]
    public static SysResult StatMount(Task task, GuestPtr<MountIdRequest> request, GuestBuffer status,
        ulong size, uint flags)
    {
        if (flags != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = ReadRequest(task, request, out MountIdRequest wanted, out MountNamespace? space);
        if (error != Errno.Success || space is null)
        {
            return error != Errno.Success ? error : Errno.ENOENT;
        }

        if (wanted.NamespaceId != 0 && !MaySee(task, space))
        {
            return Errno.EPERM;
        }

        if (MountLists.Find(space, wanted.MountId) is not { } mount)
        {
            return Errno.ENOENT;
        }

        Location root = RootFor(task, space);
        if (!MountLists.IsBelow(mount.RootLocation, root)
            && !task.Credentials.Has(Capability.SysAdmin, space.Owner))
        {
            return Errno.EPERM;
        }

        var mask = (StatMountMask)wanted.Parameter;
        var text = new MountStatusText(mount, root);
        if (!text.TryTell(mask).TryGet(out MountStatus told, out error))
        {
            return error;
        }

        ReadOnlySpan<byte> words = MemoryMarshal.AsBytes(new ReadOnlySpan<MountStatus>(in told));
        bool hasStrings = (mask & StatMountMask.Strings) != 0;
        if (hasStrings && size < told.Size)
        {
            return Errno.EOVERFLOW;
        }

        told.Size = Math.Min(told.Size, (uint)Math.Min(size, int.MaxValue));
        error = task.Memory.Write(status.Address, words[..(int)Math.Min(size, (ulong)words.Length)]);
        return error == Errno.Success && hasStrings
            ? task.Memory.Write(status.Address + (ulong)words.Length, text.Bytes) : error;
    }

    /// <summary>listmount(2): the ids of all mounts below one, the oldest first.</summary>
    [Syscall("listmount")]
    public static SysResult ListMount(Task task, GuestPtr<MountIdRequest> request, GuestBuffer ids,
        ulong count, ListMountFlags flags)
    {
        if ((flags & ~ListMountFlags.Reverse) != 0)
        {
            return Errno.EINVAL;
        }

        if (count > MostIds)
        {
            return Errno.EOVERFLOW;
        }

        Errno error = ReadRequest(task, request, out MountIdRequest wanted, out MountNamespace? space);
        ulong last = wanted.Parameter;
        if (error != Errno.Success || last is > 0 and <= LastOldId)
        {
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        if (space is null || (wanted.NamespaceId != 0 && !MaySee(task, space)))
        {
            return Errno.ENOENT;
        }

        Location root = RootFor(task, space);
        Location from = root;
        if (wanted.MountId != MountIdRequest.Root)
        {
            if (MountLists.Find(space, wanted.MountId) is not { } mount)
            {
                return Errno.ENOENT;
            }

            from = mount.RootLocation;
        }

        if (!MountLists.IsBelow(from, root) && !task.Credentials.Has(Capability.SysAdmin, space.Owner))
        {
            return Errno.EPERM;
        }

        var found = new List<ulong>();
        List<Mount> all = MountLists.Ordered(space, last, (flags & ListMountFlags.Reverse) != 0);
        for (int i = 0; i < all.Count && (ulong)found.Count < count; i++)
        {
            if (all[i].UniqueId != wanted.MountId && MountLists.IsBelow(all[i].RootLocation, from))
            {
                found.Add(all[i].UniqueId);
            }

            if (task.Group.IsExiting)
            {
                return Errno.EINTR;
            }
        }

        error = found.Count == 0 ? Errno.Success
            : task.Memory.WriteArray<ulong>(ids.Address, CollectionsMarshal.AsSpan(found));
        return error == Errno.Success ? found.Count : error;
    }

    private static bool MaySee(Task task, MountNamespace space) =>
        space == task.Namespaces.Mounts || task.Credentials.Has(Capability.SysAdmin, space.Owner);

    private static Location RootFor(Task task, MountNamespace space) =>
        space == task.Namespaces.Mounts ? task.FileSystem.Root : space.Root;

    // The namespace is null where no living one has the id.
    private static Errno ReadRequest(Task task, GuestPtr<MountIdRequest> request, out MountIdRequest wanted,
        out MountNamespace? space)
    {
        wanted = default;
        space = null;
        Errno error = task.Memory.Read(request.Address, out uint size);
        if (error != Errno.Success)
        {
            return error;
        }

        if (size is < SmallestRequest or > LargestRequest)
        {
            return size < SmallestRequest ? Errno.EINVAL : Errno.E2BIG;
        }

        Span<byte> given = stackalloc byte[LargestRequest];
        given.Clear();
        error = task.Memory.Read(request.Address, given[..(int)size]);
        if (error != Errno.Success)
        {
            return error;
        }

        if (given[Marshal.SizeOf<MountIdRequest>()..].ContainsAnyExcept((byte)0))
        {
            return Errno.E2BIG;
        }

        wanted = MemoryMarshal.Read<MountIdRequest>(given);
        if (wanted.MountId <= LastOldId)
        {
            return Errno.EINVAL;
        }

        return FindSpace(task, wanted, out space);
    }

    private static Errno FindSpace(Task task, in MountIdRequest wanted, out MountNamespace? space)
    {
        space = task.Namespaces.Mounts;
        if (wanted.NamespaceId != 0)
        {
            space = wanted.NamespaceFd != 0 ? null : MountNamespace.Find(wanted.NamespaceId);
            return wanted.NamespaceFd != 0 ? Errno.EINVAL : Errno.Success;
        }

        if (wanted.NamespaceFd == 0)
        {
            return Errno.Success;
        }

        using FileReference reference = task.Files.Borrow((int)wanted.NamespaceFd);
        space = (reference.File as NamespaceFile)?.Space as MountNamespace;
        return reference.File is null ? Errno.EBADF : space is null ? Errno.EINVAL : Errno.Success;
    }
}
