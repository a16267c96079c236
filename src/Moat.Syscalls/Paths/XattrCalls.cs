// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Acls;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Syscalls.Paths;

/// <summary>
/// What the calls on extended attributes have in common: names, sizes and who may (xattr(7)).
/// </summary>
internal static class XattrCalls
{
    private const int MaximumName = 255;
    private const int MaximumValue = 65536;
    private const int Create = 1;
    private const int Replace = 2;

    internal static SysResult Get(Task task, Location place, GuestString name, GuestBuffer value, ulong size)
    {
        Span<byte> buffer = stackalloc byte[MaximumName + 1];
        if (!ReadName(task, name, buffer).TryGet(out int length, out Errno error))
        {
            return error;
        }

        error = Check(task, place, buffer[..length], write: false);
        if (error != Errno.Success)
        {
            return error;
        }

        byte[] content = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, MaximumValue));
        Span<byte> room = size == 0 ? default : content.AsSpan(0, (int)Math.Min(size, MaximumValue));
        Result<int> got = AclOperations.IsAcl(buffer[..length], out bool isDefault)
            ? AclOperations.Get(task, place.Inode, isDefault, room)
            : place.Inode.GetExtendedAttribute(task, buffer[..length], room);
        error = got.IsOk && size != 0 ? task.Memory.Write(value.Address, room[..got.Value]) : got.Error;
        ArrayPool<byte>.Shared.Return(content);
        return error == Errno.Success ? got.Value : error;
    }

    internal static SysResult Set(
        Task task, Location place, GuestString name, GuestBuffer value, ulong size, int flags)
    {
        if ((flags & ~(Create | Replace)) != 0)
        {
            return Errno.EINVAL;
        }

        Span<byte> buffer = stackalloc byte[MaximumName + 1];
        if (!ReadName(task, name, buffer).TryGet(out int length, out Errno error))
        {
            return error;
        }

        if (size > MaximumValue)
        {
            return Errno.E2BIG;
        }

        byte[] content = ArrayPool<byte>.Shared.Rent((int)size);
        Span<byte> bytes = content.AsSpan(0, (int)size);
        error = task.Memory.Read(value.Address, bytes);
        if (error == Errno.Success)
        {
            error = place.Mount.IsReadOnly ? Errno.EROFS : Check(task, place, buffer[..length], write: true);
        }

        if (error == Errno.Success)
        {
            error = Announce(place, AclOperations.IsAcl(buffer[..length], out bool isDefault)
                ? AclOperations.Set(task, place.Inode, isDefault, bytes)
                : place.Inode.SetExtendedAttribute(task, buffer[..length], bytes, flags));
        }

        ArrayPool<byte>.Shared.Return(content);
        return error;
    }

    internal static SysResult List(Task task, Location place, GuestBuffer names, ulong size)
    {
        byte[] content = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, MaximumValue));
        Span<byte> room = size == 0 ? default : content.AsSpan(0, (int)Math.Min(size, MaximumValue));
        Result<int> got = place.Inode.ListExtendedAttributes(task, room);
        Errno error = got.IsOk && size != 0 ? task.Memory.Write(names.Address, room[..got.Value]) : got.Error;
        ArrayPool<byte>.Shared.Return(content);
        return error == Errno.Success ? got.Value : error;
    }

    internal static SysResult Remove(Task task, Location place, GuestString name)
    {
        Span<byte> buffer = stackalloc byte[MaximumName + 1];
        if (!ReadName(task, name, buffer).TryGet(out int length, out Errno error))
        {
            return error;
        }

        error = place.Mount.IsReadOnly ? Errno.EROFS : Check(task, place, buffer[..length], write: true);
        return error != Errno.Success ? error
            : Announce(place, AclOperations.IsAcl(buffer[..length], out bool isDefault)
                ? AclOperations.Set(task, place.Inode, isDefault, [])
                : place.Inode.RemoveExtendedAttribute(task, buffer[..length]));
    }

    private static Errno Announce(Location place, Errno result)
    {
        if (result == Errno.Success)
        {
            FileNotify.Changed(place, InotifyMask.Attributes);
        }

        return result;
    }

    private static Result<int> ReadName(Task task, GuestString name, Span<byte> buffer)
    {
        Result<int> length = task.Memory.ReadString(name.Address, buffer, Errno.ERANGE);
        return length.IsOk && length.Value == 0 ? Errno.ERANGE : length;
    }

    private static Errno Check(Task task, Location place, ReadOnlySpan<byte> name, bool write)
    {
        Errno error = CheckSpace(task, place, name, write);
        return error == Errno.Success && name[^1] == '.' && name.Count((byte)'.') == 1 ? Errno.EINVAL : error;
    }

    /// <summary>Name spaces and their rules: user, trusted, security, system.</summary>
    private static Errno CheckSpace(Task task, Location place, ReadOnlySpan<byte> name, bool write)
    {
        Credentials credentials = task.Credentials;
        if (name.StartsWith("trusted."u8))
        {
            return credentials.Has(Capability.SysAdmin) ? Errno.Success : write ? Errno.EPERM : Errno.ENODATA;
        }

        if (name.StartsWith("security."u8))
        {
            return !write || credentials.Has(Capability.SysAdmin)
                || (name.SequenceEqual("security.capability"u8) && credentials.Has(Capability.Setfcap))
                ? Errno.Success : Errno.EPERM;
        }

        if (name.StartsWith("system."u8))
        {
            return AclOperations.IsAcl(name, out _) ? Errno.Success : Errno.EOPNOTSUPP;
        }

        if (!name.StartsWith("user."u8))
        {
            return Errno.EOPNOTSUPP;
        }

        if (place.Inode.Type is not (FileType.Regular or FileType.Directory))
        {
            return write ? Errno.EPERM : Errno.ENODATA;
        }

        Errno error = place.Inode.GetOwnership(out InodeOwnership owner);
        if (error == Errno.Success && write && place.Inode.IsDirectory && (owner.Mode & StatMode.Sticky) != 0
            && !Permissions.IsOwner(credentials, owner))
        {
            return Errno.EPERM;
        }

        return error != Errno.Success ? error
            : Permissions.Check(credentials, owner, write ? Vfs.Paths.Access.Write : Vfs.Paths.Access.Read);
    }
}
