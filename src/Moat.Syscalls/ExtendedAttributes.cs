// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>getxattr(2), setxattr(2), listxattr(2), removexattr(2) and their l and f forms.</summary>
public static class ExtendedAttributes
{
    private const int CurrentDirectory = -100;

    /// <summary>getxattr(2).</summary>
    [Syscall("getxattr")]
    public static SysResult Get(Task task, GuestString path, GuestString name, GuestBuffer value,
        ulong size) =>
        OfPath(task, path, LookupFlags.Follow, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Get(task, place, name, value, size);

    /// <summary>lgetxattr(2).</summary>
    [Syscall("lgetxattr")]
    public static SysResult GetOfLink(Task task, GuestString path, GuestString name, GuestBuffer value,
        ulong size) =>
        OfPath(task, path, LookupFlags.None, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Get(task, place, name, value, size);

    /// <summary>fgetxattr(2).</summary>
    [Syscall("fgetxattr")]
    public static SysResult GetOfFile(Task task, int fd, GuestString name, GuestBuffer value, ulong size) =>
        OfFile(task, fd, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Get(task, place, name, value, size);

    /// <summary>setxattr(2).</summary>
    [Syscall("setxattr")]
    public static SysResult Set(
        Task task, GuestString path, GuestString name, GuestBuffer value, ulong size, int flags) =>
        OfPath(task, path, LookupFlags.Follow, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Set(task, place, name, value, size, flags);

    /// <summary>lsetxattr(2).</summary>
    [Syscall("lsetxattr")]
    public static SysResult SetOfLink(
        Task task, GuestString path, GuestString name, GuestBuffer value, ulong size, int flags) =>
        OfPath(task, path, LookupFlags.None, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Set(task, place, name, value, size, flags);

    /// <summary>fsetxattr(2).</summary>
    [Syscall("fsetxattr")]
    public static SysResult SetOfFile(Task task, int fd, GuestString name, GuestBuffer value, ulong size,
        int flags) =>
        OfFile(task, fd, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Set(task, place, name, value, size, flags);

    /// <summary>listxattr(2).</summary>
    [Syscall("listxattr")]
    public static SysResult List(Task task, GuestString path, GuestBuffer names, ulong size) =>
        OfPath(task, path, LookupFlags.Follow, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.List(task, place, names, size);

    /// <summary>llistxattr(2).</summary>
    [Syscall("llistxattr")]
    public static SysResult ListOfLink(Task task, GuestString path, GuestBuffer names, ulong size) =>
        OfPath(task, path, LookupFlags.None, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.List(task, place, names, size);

    /// <summary>flistxattr(2).</summary>
    [Syscall("flistxattr")]
    public static SysResult ListOfFile(Task task, int fd, GuestBuffer names, ulong size) =>
        OfFile(task, fd, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.List(task, place, names, size);

    /// <summary>removexattr(2).</summary>
    [Syscall("removexattr")]
    public static SysResult Remove(Task task, GuestString path, GuestString name) =>
        OfPath(task, path, LookupFlags.Follow, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Remove(task, place, name);

    /// <summary>lremovexattr(2).</summary>
    [Syscall("lremovexattr")]
    public static SysResult RemoveOfLink(Task task, GuestString path, GuestString name) =>
        OfPath(task, path, LookupFlags.None, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Remove(task, place, name);

    /// <summary>fremovexattr(2).</summary>
    [Syscall("fremovexattr")]
    public static SysResult RemoveOfFile(Task task, int fd, GuestString name) =>
        OfFile(task, fd, out Location place) is var error and not Errno.Success
            ? error : XattrCalls.Remove(task, place, name);

    private static Errno OfPath(Task task, GuestString path, LookupFlags flags, out Location place) =>
        GuestPath.Resolve(task, CurrentDirectory, path, flags, out place);

    private static Errno OfFile(Task task, int fd, out Location place)
    {
        using FileReference reference = task.Files.Borrow(fd);
        place = reference.File is { } file ? GuestPath.Vfs(task).LocationOf(file) : default;
        return reference.File is null ? Errno.EBADF : Errno.Success;
    }
}
