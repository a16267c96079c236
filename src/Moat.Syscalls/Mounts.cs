// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Mounting;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>mount(2), umount2(2), pivot_root(2).</summary>
public static class Mounts
{
    private const int CurrentDirectory = -100;
    private const int MaximumData = 4096;
    private const MountFlags Propagation =
        MountFlags.Shared | MountFlags.Private | MountFlags.Slave | MountFlags.Unbindable;

    /// <summary>mount(2): new file systems of registered types, bind mounts, remounts.</summary>
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

        if (!MountRights.MayMount(task) || task.Credentials.Landlock is not null)
        {
            return Errno.EPERM;
        }

        if ((flags & MountFlags.Remount) != 0)
        {
            return Remount(task, place, flags, data);
        }

        if ((flags & MountFlags.Bind) != 0)
        {
            return Bind(task, source, place, flags);
        }

        if ((flags & Propagation) != 0)
        {
            return SetPropagation(task, place, flags);
        }

        return (flags & MountFlags.Move) != 0
            ? Move(task, source, place) : MountNew(task, source, place, type, flags, data);
    }

    /// <summary>umount2(2).</summary>
    [Syscall("umount2")]
    public static SysResult Unmount(Task task, GuestString target, UnmountFlags flags)
    {
        const UnmountFlags Known =
            UnmountFlags.Force | UnmountFlags.Detach | UnmountFlags.Expire | UnmountFlags.NoFollow;
        const UnmountFlags NotWithExpire = UnmountFlags.Force | UnmountFlags.Detach;
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

        if (!MountRights.MayMount(task) || task.Credentials.Landlock is not null)
        {
            return Errno.EPERM;
        }

        place = MountNamespace.TopMost(place);
        bool expires = (flags & UnmountFlags.Expire) != 0;
        if ((flags & UnmountFlags.Force) != 0
            && !task.Credentials.Has(Capability.SysAdmin, place.Mount.FileSystem.Owner))
        {
            return place.IsMountRoot ? Errno.EPERM : Errno.EINVAL;
        }

        if (expires && ((flags & NotWithExpire) != 0 || place.Mount == task.FileSystem.Root.Mount))
        {
            return Errno.EINVAL;
        }

        if ((flags & UnmountFlags.Force) != 0 && place.IsMountRoot && MountRights.IsOwn(task, place))
        {
            place.Mount.FileSystem.OnForcedUnmount();
        }

        bool isBusy = (flags & UnmountFlags.Detach) == 0 && MountUse.IsBusy(task, place.Mount);
        return MountTree.Unmount(task.Namespaces.Mounts, place, flags, isBusy);
    }

    /// <summary>pivot_root(2).</summary>
    [Syscall("pivot_root")]
    public static SysResult Pivot(Task task, GuestString next, GuestString old)
    {
        if (!MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        const LookupFlags Lookup = LookupFlags.Follow | LookupFlags.Directory;
        Errno error = GuestPath.Resolve(task, CurrentDirectory, next, Lookup, out Location newRoot);
        if (error == Errno.Success)
        {
            error = GuestPath.Resolve(task, CurrentDirectory, old, Lookup, out Location place);
            newRoot = error == Errno.Success ? newRoot : default;
            if (error == Errno.Success)
            {
                if (task.Credentials.Landlock is not null)
                {
                    return Errno.EPERM;
                }

                Location root = task.FileSystem.Root;
                error = PivotRoot.Run(task.Namespaces.Mounts, root, newRoot, place);
                if (error == Errno.Success)
                {
                    MountUse.Follow(task, root, newRoot);
                }
            }
        }

        return error;
    }

    // The flags of the mount, and the options of its file system, which all its mounts share.
    private static SysResult Remount(Task task, Location place, MountFlags flags, GuestString data)
    {
        if (!place.IsMountRoot || !MountRights.IsOwn(task, place))
        {
            return Errno.EINVAL;
        }

        MountFlags after = MountTree.FlagsAfter(place.Mount, flags);
        if (!place.Mount.MayHave(after))
        {
            return Errno.EPERM;
        }

        if ((flags & MountFlags.Bind) != 0)
        {
            return (flags & ~place.Mount.Flags & MountFlags.ReadOnly) != 0
                && MountUse.Written(task).Contains(place.Mount)
                ? Errno.EBUSY : MountTree.SetFlags(place.Mount, after);
        }

        Errno error = GuestText.Read(task, data, MaximumData, out string? options);
        if (error != Errno.Success)
        {
            return error;
        }

        FileSystem fileSystem = place.Mount.FileSystem;
        FileSystemConfig config = fileSystem.BeginChange(task);
        config.Flags = flags;
        config.FlagsMask = SuperFlags.OfRemount;
        error = config.SetAll(task, options ?? "");
        if (error == Errno.Success)
        {
            bool isWritten = (config.Flags & ~fileSystem.Flags & MountFlags.ReadOnly) != 0
                && MountUse.IsWritten(MountUse.Written(task), fileSystem);
            error = config.Reconfigure(task, fileSystem, isWritten);
        }

        return error == Errno.Success ? MountTree.SetFlags(place.Mount, after) : error;
    }

    private static SysResult SetPropagation(Task task, Location place, MountFlags flags)
    {
        MountFlags type = flags & ~(MountFlags.Recursive | MountFlags.Silent);
        if ((type & ~Propagation) != 0 || !BitOperations.IsPow2((ulong)type) || !place.IsMountRoot
            || place.Mount.Namespace is not { } space)
        {
            return Errno.EINVAL;
        }

        if (!task.Credentials.Has(Capability.SysAdmin, space.Owner))
        {
            return Errno.EPERM;
        }

        return MountTree.SetPropagation(place, type, (flags & MountFlags.Recursive) != 0);
    }

    private static SysResult Move(Task task, GuestString source, Location place)
    {
        Errno error = GuestPath.Resolve(task, source, out Location from);
        return error == Errno.Success ? MountMoves.Move(
            task.Namespaces.Mounts, task.FileSystem.Root, from, place, isBeneath: false) : error;
    }

    private static SysResult Bind(Task task, GuestString source, Location place, MountFlags flags)
    {
        Errno error = GuestPath.Resolve(task, source, out Location from);
        return error == Errno.Success
            ? MountTree.Bind(task.Namespaces.Mounts, from, place, (flags & MountFlags.Recursive) != 0)
            : error;
    }

    private static SysResult MountNew(
        Task task, GuestString source, Location place, GuestString type, MountFlags flags, GuestString data)
    {
        Errno error = GuestText.Read(task, type, MaximumData, out string? typeName);
        string? sourceName = null;
        string? options = null;
        error = error == Errno.Success
            ? GuestText.Read(task, source, PathWalker.MaxPath, out sourceName) : error;
        error = error == Errno.Success ? GuestText.Read(task, data, MaximumData, out options) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        if (typeName is null)
        {
            return Errno.EINVAL;
        }

        if (GuestPath.Vfs(task).FindType(typeName) is not { } known)
        {
            return Errno.ENODEV;
        }

        FileSystemConfig config = known.Begin(task);
        config.Source = sourceName;
        config.Flags = flags;
        error = config.SetAll(task, options ?? "");
        if (error != Errno.Success)
        {
            return error;
        }

        if (!config.Create(task).TryGet(out FileSystem? fileSystem, out error))
        {
            return error;
        }

        if (!MountRights.IsOwn(task, place))
        {
            return place.Mount.Namespace is null ? Errno.ENOENT : Errno.EINVAL;
        }

        bool isStrict = (flags & (MountFlags.NoAccessTime | MountFlags.StrictAccessTime)) != 0;
        flags |= isStrict ? 0 : MountFlags.RelativeAccessTime;
        if (MountSource.TryCreate(config.Source ?? "none") is not { } text)
        {
            return Errno.ENOMEM;
        }

        var mount = new Mount(fileSystem.Root, flags, text);
        return config.MustBeVisible && !MountUse.IsVisible(task.Namespaces.Mounts, mount)
            ? Errno.EPERM : MountTree.AttachNew(mount, place);
    }
}
