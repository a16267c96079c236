// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>mount(2), umount2(2).</summary>
public static class Mounts
{
    private const int CurrentDirectory = -100;
    private const int MaximumData = 4096;
    private const MountFlags Propagation =
        MountFlags.Shared | MountFlags.Private | MountFlags.Slave | MountFlags.Unbindable;

    /// <summary>mount(2): new file systems of registered types, bind mounts, remounts of flags.</summary>
    [Syscall("mount")]
    public static SysResult Mount(
        Task task, GuestString source, GuestString target, GuestString type, MountFlags flags,
        GuestString data)
    {
        // The upper half may hold the old magic number (MS_MGC_VAL).
        flags = (MountFlags)(
            (ulong)flags & ((flags & (MountFlags)0xffff0000) == (MountFlags)0xc0ed0000 ? 0xffffu : ~0u));
        Errno error = GuestPath.Resolve(task, target, out Location place);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!task.Credentials.Has(Capability.SysAdmin))
        {
            return Errno.EPERM;
        }

        if ((flags & MountFlags.Remount) != 0)
        {
            return Remount(place, flags);
        }

        if ((flags & MountFlags.Bind) != 0)
        {
            return Bind(task, source, place, flags);
        }

        if ((flags & Propagation) != 0)
        {
            // No mount is shared with another namespace: every mount is private already.
            return place.IsMountRoot ? 0 : Errno.EINVAL;
        }

        return (flags & MountFlags.Move) != 0
            ? Errno.EINVAL : MountNew(task, source, place, type, flags, data);
    }

    /// <summary>umount2(2).</summary>
    [Syscall("umount2")]
    public static SysResult Unmount(Task task, GuestString target, UnmountFlags flags)
    {
        const UnmountFlags Known =
            UnmountFlags.Force | UnmountFlags.Detach | UnmountFlags.Expire | UnmountFlags.NoFollow;
        if ((flags & ~Known) != 0)
        {
            return Errno.EINVAL;
        }

        LookupFlags lookup = (flags & UnmountFlags.NoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        Errno error = GuestPath.Resolve(task, CurrentDirectory, target, lookup, out Location place);
        if (error != Errno.Success)
        {
            return error;
        }

        return task.Credentials.Has(Capability.SysAdmin)
            ? MountNamespace.Unmount(place, (flags & UnmountFlags.Detach) != 0) : Errno.EPERM;
    }

    private static SysResult Remount(Location place, MountFlags flags)
    {
        if (!place.IsMountRoot)
        {
            return Errno.EINVAL;
        }

        place.Mount.Flags = flags;
        return 0;
    }

    private static SysResult Bind(Task task, GuestString source, Location place, MountFlags flags)
    {
        Errno error = GuestPath.Resolve(task, source, out Location from);
        if (error != Errno.Success)
        {
            return error;
        }

        Mount clone = MountNamespace.CloneTree(from, (flags & MountFlags.Recursive) != 0);
        return MountNamespace.Attach(clone, place);
    }

    private static SysResult MountNew(
        Task task, GuestString source, Location place, GuestString type, MountFlags flags, GuestString data)
    {
        Errno error = ReadText(task, type, 256, out string typeName);
        if (error != Errno.Success)
        {
            return error;
        }

        if (type.IsNull)
        {
            return Errno.EINVAL;
        }

        error = ReadText(task, source, PathWalker.MaxPath, out string sourceName);
        if (error != Errno.Success)
        {
            return error;
        }

        error = ReadText(task, data, MaximumData, out string options);
        if (error != Errno.Success)
        {
            return error;
        }

        if (GuestPath.Vfs(task).FindType(typeName) is not { } known)
        {
            return Errno.ENODEV;
        }

        if (!known.Create(task, sourceName, options).TryGet(out FileSystem? fileSystem, out error))
        {
            return error;
        }

        var mount = new Mount(fileSystem.Root, flags | MountFlags.RelativeAccessTime, sourceName);
        return MountNamespace.Attach(mount, place);
    }

    private static Errno ReadText(Task task, GuestString text, int limit, out string value)
    {
        value = "";
        if (text.IsNull)
        {
            return Errno.Success;
        }

        byte[] buffer = new byte[limit];
        Result<int> length = task.Memory.ReadString(text.Address, buffer, Errno.EINVAL);
        value = length.IsOk ? Encoding.UTF8.GetString(buffer, 0, length.Value) : "";
        return length.Error;
    }
}
