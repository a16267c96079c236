// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Numerics;
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

/// <summary>open_tree(2), open_tree_attr(2), move_mount(2), mount_setattr(2).</summary>
public static class MountTrees
{
    private const int AttributeBytes = 32;
    private const int LargestAttribute = 4096;
    private const MountFlags Propagation =
        MountFlags.Shared | MountFlags.Private | MountFlags.Slave | MountFlags.Unbindable;

    /// <summary>open_tree(2): an O_PATH descriptor of a place, or of a detached copy of it.</summary>
    [Syscall("open_tree")]
    public static SysResult OpenTree(Task task, int directory, GuestString path, OpenTreeFlags flags) =>
        Open(task, directory, path, flags).TryGet(out OpenFile? file, out Errno error)
            ? task.Files.Install(file, (flags & OpenTreeFlags.CloseOnExec) != 0) : error;

    /// <summary>open_tree_attr(2): open_tree and mount_setattr at once.</summary>
    [Syscall("open_tree_attr")]
    public static SysResult OpenTreeWithAttributes(Task task, int directory, GuestString path,
        OpenTreeFlags flags, GuestBuffer attributes, ulong size)
    {
        if (attributes.IsNull && size != 0)
        {
            return Errno.EINVAL;
        }

        if (!Open(task, directory, path, flags).TryGet(out OpenFile? file, out Errno error))
        {
            return error;
        }

        if (!attributes.IsNull)
        {
            error = ReadChange(task, attributes, size, (flags & OpenTreeFlags.Recursive) != 0,
                out MountChange? change);
            if (error == Errno.Success && change is { } wanted)
            {
                error = Apply(task, file.Location!.Value, wanted);
            }
        }

        if (error != Errno.Success)
        {
            file.Release();
            return error;
        }

        return task.Files.Install(file, (flags & OpenTreeFlags.CloseOnExec) != 0);
    }

    /// <summary>move_mount(2): moves a mount, attaches a detached tree, or sets a mount's peers.</summary>
    [Syscall("move_mount")]
    public static SysResult Move(Task task, int fromDirectory, GuestString fromPath, int toDirectory,
        GuestString toPath, MoveMountFlags flags)
    {
        if (!MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        const MoveMountFlags NotBoth = MoveMountFlags.SetGroup | MoveMountFlags.Beneath;
        if ((flags & ~MoveMountFlags.All) != 0 || (flags & NotBoth) == NotBoth)
        {
            return Errno.EINVAL;
        }

        Errno error = Find(task, toDirectory, toPath, (flags & MoveMountFlags.ToSymlinks) != 0,
            (flags & MoveMountFlags.ToEmptyPath) != 0, out Location to);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Find(task, fromDirectory, fromPath, (flags & MoveMountFlags.FromSymlinks) != 0,
            (flags & MoveMountFlags.FromEmptyPath) != 0, out Location from);
        if (error != Errno.Success)
        {
            return error;
        }

        if (task.Credentials.Landlock is not null)
        {
            return Errno.EPERM;
        }

        return (flags & MoveMountFlags.SetGroup) != 0
            ? MountMoves.SetGroup(task.Credentials, from, to)
            : MountMoves.Move(task.Namespaces.Mounts, task.FileSystem.Root, from, to,
                (flags & MoveMountFlags.Beneath) != 0);
    }

    /// <summary>mount_setattr(2): flags and propagation of a mount or a tree of them.</summary>
    [Syscall("mount_setattr")]
    public static SysResult SetAttributes(Task task, int directory, GuestString path, OpenTreeFlags flags,
        GuestBuffer attributes, ulong size)
    {
        const OpenTreeFlags Known = OpenTreeFlags.EmptyPath | OpenTreeFlags.Recursive
            | OpenTreeFlags.SymlinkNoFollow | OpenTreeFlags.NoAutomount;
        if ((flags & ~Known) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = ReadChange(task, attributes, size, (flags & OpenTreeFlags.Recursive) != 0,
            out MountChange? change);
        if (error != Errno.Success || change is not { } wanted)
        {
            return error;
        }

        error = GuestPath.Resolve(task, directory, path, LookupOf(flags), out Location place);
        return error == Errno.Success ? Apply(task, place, wanted) : error;
    }

    private static Result<OpenFile> Open(Task task, int directory, GuestString path, OpenTreeFlags flags)
    {
        bool clones = (flags & OpenTreeFlags.Clone) != 0;
        bool isRecursive = (flags & OpenTreeFlags.Recursive) != 0;
        if ((flags & ~OpenTreeFlags.All) != 0 || (isRecursive && !clones))
        {
            return Errno.EINVAL;
        }

        if (clones && !MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        Errno error = GuestPath.Resolve(task, directory, path, LookupOf(flags), out Location place);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!clones)
        {
            return new PathFile(place, OpenFlags.Path);
        }

        return DetachedTrees.Clone(task.Namespaces.Mounts, place, isRecursive)
            .TryGet(out Mount? copy, out error)
            ? new DetachedTreeFile(copy) : error;
    }

    private static LookupFlags LookupOf(OpenTreeFlags flags) =>
        GuestPath.LookupFlagsOf((AtFlags)(flags & (OpenTreeFlags.SymlinkNoFollow | OpenTreeFlags.EmptyPath)));

    // Null and "" are the same where an empty path is allowed.
    private static Errno Find(Task task, int directory, GuestString path, bool follows, bool mayBeEmpty,
        out Location place)
    {
        LookupFlags flags = (follows ? LookupFlags.Follow : LookupFlags.None)
            | (mayBeEmpty ? LookupFlags.EmptyPath : LookupFlags.None);
        ReadOnlySpan<byte> bytes = default;
        place = default;
        Errno error = mayBeEmpty && path.IsNull ? Errno.Success : GuestPath.Read(task, path, out bytes);
        return error == Errno.Success ? GuestPath.Resolve(task, directory, bytes, flags, out place) : error;
    }

    private static Errno Apply(Task task, Location place, in MountChange change)
    {
        HashSet<Mount> written = (change.Set & MountFlags.ReadOnly) != 0 ? MountUse.Written(task) : [];
        return change.Apply(task.Namespaces.Mounts, place, written);
    }

    // No change at all is none to look up a path for.
    private static Errno ReadChange(Task task, GuestBuffer attributes, ulong size, bool isRecursive,
        out MountChange? change)
    {
        change = null;
        if (size is < AttributeBytes or > LargestAttribute)
        {
            return size < AttributeBytes ? Errno.EINVAL : Errno.E2BIG;
        }

        if (!MountRights.MayMount(task))
        {
            return Errno.EPERM;
        }

        Span<byte> given = stackalloc byte[LargestAttribute];
        given = given[..(int)size];
        Errno error = task.Memory.Read(attributes.Address, given);
        if (error != Errno.Success)
        {
            return error;
        }

        if (given[AttributeBytes..].ContainsAnyExcept((byte)0))
        {
            return Errno.E2BIG;
        }

        MountAttr wanted = MemoryMarshal.Read<MountAttr>(given);
        if (wanted.Set == 0 && wanted.Clear == 0 && wanted.Propagation == 0)
        {
            return Errno.Success;
        }

        error = Check(task, wanted, out MountFlags set, out MountFlags clear);
        change = new MountChange(set, clear, wanted.Propagation, isRecursive);
        return error;
    }

    private static Errno Check(Task task, in MountAttr wanted, out MountFlags set, out MountFlags clear)
    {
        const MountAttributes Known = MountAttributes.All | MountAttributes.IdMap;
        set = AttributeFlags.Of(wanted.Set);
        clear = AttributeFlags.Of(wanted.Clear);
        if ((wanted.Propagation & ~Propagation) != 0 || BitOperations.PopCount((ulong)wanted.Propagation) > 1
            || ((wanted.Set | wanted.Clear) & ~Known) != 0)
        {
            return Errno.EINVAL;
        }

        // Access times are one value: to set one clears all.
        if ((wanted.Clear & MountAttributes.AccessTimes) != 0)
        {
            if ((wanted.Clear & MountAttributes.AccessTimes) != MountAttributes.AccessTimes
                || !AttributeFlags.TryTimes(wanted.Set, out MountFlags times))
            {
                return Errno.EINVAL;
            }

            clear |= MountFlags.RelativeAccessTime | MountFlags.NoAccessTime;
            set |= times;
        }
        else if ((wanted.Set & MountAttributes.AccessTimes) != 0)
        {
            return Errno.EINVAL;
        }

        return ((wanted.Set | wanted.Clear) & MountAttributes.IdMap) == 0
            ? Errno.Success : CheckIdMap(task, wanted);
    }

    // As of a file system that knows no id-mapped mounts, which is asked last.
    private static Errno CheckIdMap(Task task, in MountAttr wanted)
    {
        if ((wanted.Clear & MountAttributes.IdMap) != 0 || wanted.UserNamespaceFd > int.MaxValue)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow((int)wanted.UserNamespaceFd);
        if (reference.File is not NamespaceFile { Space: UserNamespace space })
        {
            return reference.File is null ? Errno.EBADF : Errno.EINVAL;
        }

        return space.IsInitial || !task.Credentials.Has(Capability.SysAdmin, space)
            ? Errno.EPERM : Errno.EINVAL;
    }
}
