// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>Extended attributes of open host files. Names are bytes without a terminating zero.</summary>
/// <remarks>
/// A filter cannot see a name, so who calls makes sure that it begins with "user." or is a POSIX ACL. For
/// others the kernel process has no capability: trusted.* and security.* are the host's to refuse.
/// </remarks>
public static unsafe class HostXattr
{
    private const int MaximumName = 255;

    /// <summary>
    /// fgetxattr(2): the value's size; ERANGE when the buffer is shorter, unless it is empty.
    /// </summary>
    [HostCall("fgetxattr", Why = "user.* attributes of files on volumes")]
    public static Result<int> Get(int fd, ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (name.Length > MaximumName)
        {
            return Errno.ERANGE;
        }

        byte* text = stackalloc byte[MaximumName + 1];
        // SAFETY: the value is pinned while the host writes at most its length.
        fixed (byte* p = value)
        {
            return HostCall.Invoke(SyscallNumber.fgetxattr, (ulong)fd, Copy(name, text), (ulong)p,
                (ulong)value.Length).AsInt();
        }
    }

    /// <summary>fsetxattr(2).</summary>
    [HostCall("fsetxattr", Why = "user.* attributes of files on writable volumes")]
    public static Errno Set(int fd, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        if (name.Length > MaximumName)
        {
            return Errno.ERANGE;
        }

        byte* text = stackalloc byte[MaximumName + 1];
        // SAFETY: the value is pinned while the host reads at most its length.
        fixed (byte* p = value)
        {
            return HostCall.Invoke(SyscallNumber.fsetxattr, (ulong)fd, Copy(name, text), (ulong)p,
                (ulong)value.Length, (ulong)flags).Error;
        }
    }

    /// <summary>flistxattr(2): names with their zeros.</summary>
    [HostCall("flistxattr", Why = "user.* attributes of files on volumes")]
    public static Result<int> List(int fd, Span<byte> names)
    {
        // SAFETY: the names are pinned while the host writes at most their length.
        fixed (byte* p = names)
        {
            return HostCall.Invoke(
                SyscallNumber.flistxattr, (ulong)fd, (ulong)p, (ulong)names.Length).AsInt();
        }
    }

    /// <summary>fremovexattr(2).</summary>
    [HostCall("fremovexattr", Why = "user.* attributes of files on writable volumes")]
    public static Errno Remove(int fd, ReadOnlySpan<byte> name)
    {
        if (name.Length > MaximumName)
        {
            return Errno.ERANGE;
        }

        byte* text = stackalloc byte[MaximumName + 1];
        return HostCall.Invoke(SyscallNumber.fremovexattr, (ulong)fd, Copy(name, text)).Error;
    }

    private static ulong Copy(ReadOnlySpan<byte> name, byte* buffer)
    {
        name.CopyTo(new Span<byte>(buffer, name.Length));
        buffer[name.Length] = 0;
        return (ulong)buffer;
    }
}
